package orchestrator

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// credentialLife is how long a credential fits after it was made: longer than a call
// may take, shorter than anybody needs to use it for something else.
const credentialLife = time.Minute

// Credentials makes and verifies the credentials of calls. A credential is bound to
// who asks and in which role, whom it is about, the intent, the idempotency key and
// whether it is a dry run: services that share the key can tell that the kernel made
// exactly this call, just now. It is safe for concurrent use, and is never stored.
type Credentials struct {
	key [sha256.Size]byte
	now func() time.Time
}

// NewCredentials makes credentials with a key of their own, for one process. now is
// the clock; time.Now if nil.
func NewCredentials(now func() time.Time) *Credentials {
	c := &Credentials{now: now}
	if c.now == nil {
		c.now = time.Now
	}
	_, _ = rand.Read(c.key[:]) // it does not fail: the program ends if there is no randomness
	return c
}

// Sign returns the credential of a call. Nil credentials sign nothing.
func (c *Credentials) Sign(call Call) string {
	if c == nil {
		return ""
	}
	until := c.now().Add(credentialLife).Unix()
	return strconv.FormatInt(until, 36) + "." + base64.RawURLEncoding.EncodeToString(c.mac(call, until))
}

// Verify returns an *Error of code CodeDenied unless the call carries a credential
// that fits it and is not too old. Nil credentials ask for none.
func (c *Credentials) Verify(call Call) error {
	if c == nil {
		return nil
	}
	denied := func(cause string) error {
		return &Error{Code: CodeDenied, Message: "This call does not come from the program, so it was refused. Nothing was done.", Cause: fmt.Errorf("the credential %s", cause)}
	}
	if call.Credential == "" {
		return denied("is missing")
	}
	at, sum, _ := strings.Cut(call.Credential, ".")
	until, err := strconv.ParseInt(at, 36, 64)
	if err != nil {
		return denied("is none")
	}
	given, err := base64.RawURLEncoding.DecodeString(sum)
	if err != nil || !hmac.Equal(given, c.mac(call, until)) {
		return denied("is for another call")
	}
	if c.now().Unix() > until {
		return denied("is too old")
	}
	return nil
}

func (c *Credentials) mac(call Call, until int64) []byte {
	h := hmac.New(sha256.New, c.key[:])
	var size [8]byte
	for _, part := range [...]string{
		call.User.Email, string(call.User.Role), call.Subject.Email, call.Intent, call.Key,
		strconv.FormatBool(call.DryRun), strconv.FormatInt(until, 36),
	} {
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		_, _ = h.Write(size[:]) // a hash does not fail
		_, _ = h.Write([]byte(part))
	}
	return h.Sum(nil)
}

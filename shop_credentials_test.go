package main

import (
	"context"
	"errors"
	"testing"

	"banyan/orchestrator"
)

// TestShopServicesAskForCredentials calls every intent of every service of the shop
// behind the kernel's back: without a credential, with that of another customer, and
// with one from another process.
func TestShopServicesAskForCredentials(t *testing.T) {
	proof := orchestrator.NewCredentials(nil)
	s, err := openShop(t.TempDir(), shopOptions{Credentials: proof})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ada := orchestrator.User{Email: "ada@example.com", Role: orchestrator.Customer}
	ben := orchestrator.User{Email: "ben@example.com", Role: orchestrator.Customer}
	intents := 0
	for _, svc := range s.Services() {
		d, err := svc.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range d.Intents {
			intents++
			call := orchestrator.Call{Intent: in.Name, Args: args{"email": ada.Email}, User: ada, Subject: ada, Key: "k"}
			other := call
			other.User, other.Subject = ben, ben
			for name, credential := range map[string]string{
				"none": "", "of another customer": proof.Sign(other), "of another process": orchestrator.NewCredentials(nil).Sign(call),
			} {
				call.Credential = credential
				denied := func(err error) bool {
					var coded *orchestrator.Error
					return errors.As(err, &coded) && coded.Code == orchestrator.CodeDenied
				}
				if _, err := svc.Call(context.Background(), call); !denied(err) {
					t.Errorf("%s of %s with the credential %s: %v", in.Name, d.Name, name, err)
				}
				if f, ok := svc.(orchestrator.Finder); ok {
					if _, _, err := f.Find(context.Background(), call); !denied(err) {
						t.Errorf("Find of %s of %s with the credential %s: %v", in.Name, d.Name, name, err)
					}
				}
			}
		}
	}
	if intents < 20 {
		t.Errorf("only %d intents were tried", intents)
	}
	list := orchestrator.Call{Intent: "list_orders", Args: args{"email": ada.Email}, User: ada, Subject: ada}
	list.Credential = proof.Sign(list)
	for _, svc := range s.Services() {
		if d, _ := svc.Describe(t.Context()); d.Name == "order" || d.Name == "monolith" {
			if _, err := svc.Call(t.Context(), list); err != nil {
				t.Errorf("%s refuses the kernel's own call: %v", d.Name, err)
			}
		}
	}
}

package match

import (
	"math"
	"sync"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
)

// The sizes of the n-grams of characters.
const (
	charMin, charMax = 3, 5
	// reach is how far apart two words may stand to be a feature together, in order.
	reach = 9
	// lightWeight is the weight of features made of function words alone: a catalog
	// of few texts cannot tell by itself that they say little.
	lightWeight = 0.75
)

// The kinds of features.
const (
	kindWord  = iota // stems, and ordered pairs of them
	kindChar         // n-grams of characters
	kindSense        // as kindWord, of the first group of synonyms that a word is in
	kindGroup        // every group of synonyms that a word is in
	kinds
)

// shares is how the kinds of features share the unit length of a text's vector.
var shares = [kinds]float64{kindWord: 0.2, kindChar: 0.35, kindSense: 0.4, kindGroup: 0.05}

// lexicon knows the features of the training texts and how rare each is.
type lexicon struct {
	ids map[uint64]int32
	idf []float32
	// unseen is the rarity of a feature that no training text has.
	unseen float32
}

// vector is a sparse vector: feature IDs and their weights.
type vector struct {
	ids     []int32
	weights []float32
	// covered is the share of the text's squared length that known features have.
	covered float64
}

// scratch is the memory that reading one text needs.
type scratch struct {
	runes  []rune
	bytes  []byte
	words  []uint64
	sense  []uint64 // of each word
	hashes [kinds][]uint64
	counts []uint16 // by feature ID, zero between uses
	vec    vector
	scores []float32
	stems  map[string]uint64 // hashes of the stems of words
}

type scratchPool struct{ p sync.Pool }

func (p *scratchPool) get(features, classes int) *scratch {
	s, _ := p.p.Get().(*scratch)
	if s == nil {
		s = &scratch{stems: map[string]uint64{}}
	}
	if len(s.counts) < features {
		s.counts = make([]uint16, features)
	}
	if len(s.scores) < classes {
		s.scores = make([]float32, classes)
	}
	return s
}

func (p *scratchPool) put(s *scratch) { p.p.Put(s) }

const (
	hashSeed  = 14695981039346656037
	hashPrime = 1099511628211
)

// read fills s.hashes with the features of a text, with repetitions.
func (s *scratch) read(text string) {
	s.runes = normalise(append(s.runes[:0], ' '), text)
	s.runes = append(s.runes, ' ')
	s.readWords()
	s.readChars()
}

func (s *scratch) readWords() {
	s.words = s.words[:0]
	start := 1
	for i := 1; i < len(s.runes); i++ {
		if s.runes[i] != ' ' {
			continue
		}
		if i > start {
			s.bytes = s.bytes[:0]
			for _, r := range s.runes[start:i] {
				s.bytes = utf8.AppendRune(s.bytes, r)
			}
			if two, ok := contractions[string(s.bytes)]; ok {
				s.words = append(s.words, s.stem(two[0]), s.stem(two[1]))
			} else {
				s.words = append(s.words, s.stemBytes(s.bytes))
			}
		}
		start = i + 1
	}
	s.hashes[kindWord] = pairs(s.hashes[kindWord][:0], s.words, hashSeed)
	s.readSenses()
}

// readSenses does for synonyms what readWords does for words.
func (s *scratch) readSenses() {
	known := senses()
	s.sense = s.sense[:0]
	groups := s.hashes[kindGroup][:0]
	for _, w := range s.words {
		if list := known[w]; len(list) > 0 {
			s.sense = append(s.sense, list[0])
			groups = append(groups, list...)
		} else {
			s.sense = append(s.sense, w)
		}
	}
	s.hashes[kindGroup] = groups
	s.hashes[kindSense] = pairs(s.hashes[kindSense][:0], s.sense, hashSeed+11)
}

// light is set in the hash of a feature that is made of function words alone.
const light = 1

// pairs appends the words, neighbouring pairs of them with the ends of the text,
// and ordered pairs that stand farther apart.
func pairs(out, words []uint64, seed uint64) []uint64 {
	if len(words) == 0 {
		return out
	}
	prev := seed | light
	for i, w := range words {
		out = append(out, (w+seed)&^light|w&light, ((w^prev*31)*hashPrime+2)&^light|w&prev&light)
		prev = w
		for j := i + 2; j < len(words) && j <= i+reach; j++ {
			out = append(out, ((words[j]^w*37)*hashPrime+6+seed)&^light|w&words[j]&light)
		}
	}
	return append(out, ((prev*31^seed)*hashPrime+4)&^light|prev&light) // the end of the text after the last word
}

func (s *scratch) readChars() {
	out := s.hashes[kindChar][:0]
	r := s.runes
	for i := range r {
		h := uint64(hashSeed) + 7
		for k := 0; k < charMax && i+k < len(r); k++ {
			h = (h ^ uint64(uint32(r[i+k]))) * hashPrime //nolint:gosec // runes are not negative
			if k+1 >= charMin {
				out = append(out, h&^light)
			}
		}
	}
	s.hashes[kindChar] = out
}

// maxStems bounds the stems that one scratch remembers.
const maxStems = 4096

func (s *scratch) stemBytes(word []byte) uint64 {
	if h, ok := s.stems[string(word)]; ok {
		return h
	}
	return s.stem(string(word))
}

// stem returns the hash of a word's stem, with light set for function words.
func (s *scratch) stem(word string) uint64 {
	h, ok := s.stems[word]
	if !ok {
		h = hashString(english.Stem(word, false)) &^ light
		if functionWords()[word] {
			h |= light
		}
		if len(s.stems) >= maxStems {
			clear(s.stems)
		}
		s.stems[word] = h
	}
	return h
}

func hashString(s string) uint64 {
	h := uint64(hashSeed)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * hashPrime
	}
	return h
}

// vector turns a text into a sparse vector of length 1 or, if it has features
// that the lexicon does not know, shorter: what is unknown counts in the length
// but fits no class. The result belongs to s and is valid until its next use.
func (l *lexicon) vector(s *scratch, text string) *vector {
	s.read(text)
	v := &s.vec
	v.ids, v.weights = v.ids[:0], v.weights[:0]
	v.covered = 0
	for kind, share := range shares {
		from := len(v.ids)
		unknown := 0.0
		for _, h := range s.hashes[kind] {
			id, ok := l.ids[h]
			if !ok {
				unknown += weight(h) * weight(h)
				continue
			}
			if s.counts[id] == 0 {
				v.ids = append(v.ids, id)
			}
			if s.counts[id] < math.MaxUint16 {
				s.counts[id]++
			}
		}
		var known float64
		for _, id := range v.ids[from:] {
			w := l.idf[id] * logTF(s.counts[id])
			s.counts[id] = 0
			v.weights = append(v.weights, w)
			known += float64(w) * float64(w)
		}
		total := known + unknown*float64(l.unseen)*float64(l.unseen)
		if total == 0 {
			continue
		}
		scale := float32(math.Sqrt(share / total))
		for i := range v.weights[from:] {
			v.weights[from+i] *= scale
		}
		v.covered += share * known / total
	}
	return v
}

// shared returns the share of a training text's squared length that features have
// which other training texts have too.
func (l *lexicon) shared(v *vector) float64 {
	once := l.unseen - math.Ln2 // the rarity of a feature of one text
	sum := 0.0
	for i, id := range v.ids {
		if l.idf[id] < 0.999*once {
			sum += float64(v.weights[i]) * float64(v.weights[i])
		}
	}
	return sum
}

// weight is what a feature counts beside its rarity.
func weight(h uint64) float64 {
	if h&light != 0 {
		return lightWeight
	}
	return 1
}

// logTF dampens repetition: 1, 1.69, 2.1, …
func logTF(n uint16) float32 {
	if n <= 1 {
		return 1
	}
	return float32(1 + math.Log(float64(n)))
}

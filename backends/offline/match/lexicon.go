package match

import (
	"math"
	"sync"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
)

// The sizes of the n-grams, and how the two kinds of features share the unit
// length of a text's vector.
const (
	charMin, charMax = 3, 5
	wordShare        = 0.55
	// reach is how far apart two words may stand to be a feature together, in order.
	reach = 9
)

// The kinds of features.
const (
	kindWord = iota
	kindChar
	kinds
)

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
	hashes [kinds][]uint64
	counts []uint16 // by feature ID, zero between uses
	vec    vector
	scores []float32
	stems  map[string]string
}

type scratchPool struct{ p sync.Pool }

func (p *scratchPool) get(features, classes int) *scratch {
	s, _ := p.p.Get().(*scratch)
	if s == nil {
		s = &scratch{stems: map[string]string{}}
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
	out := s.hashes[kindWord][:0]
	prev := uint64(hashSeed)
	for _, w := range s.words {
		out = append(out, w, (w^prev*31)*hashPrime+1)
		prev = w
	}
	for i, w := range s.words {
		for j := i + 2; j < len(s.words) && j <= i+reach; j++ {
			out = append(out, (s.words[j]^w*37)*hashPrime+5)
		}
	}
	if len(s.words) > 0 {
		out = append(out, (prev*31^hashSeed)*hashPrime+3) // the end of the text after the last word
	}
	s.hashes[kindWord] = out
}

func (s *scratch) readChars() {
	out := s.hashes[kindChar][:0]
	r := s.runes
	for i := range r {
		h := uint64(hashSeed) + 7
		for k := 0; k < charMax && i+k < len(r); k++ {
			h = (h ^ uint64(uint32(r[i+k]))) * hashPrime //nolint:gosec // runes are not negative
			if k+1 >= charMin {
				out = append(out, h)
			}
		}
	}
	s.hashes[kindChar] = out
}

// maxStems bounds the stems that one scratch remembers.
const maxStems = 4096

func (s *scratch) stemBytes(word []byte) uint64 {
	stem, ok := s.stems[string(word)]
	if !ok {
		return s.stem(string(word))
	}
	return hashString(stem)
}

func (s *scratch) stem(word string) uint64 {
	stem, ok := s.stems[word]
	if !ok {
		stem = english.Stem(word, false)
		if len(s.stems) >= maxStems {
			clear(s.stems)
		}
		s.stems[word] = stem
	}
	return hashString(stem)
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
	for kind, share := range [kinds]float64{wordShare, 1 - wordShare} {
		from := len(v.ids)
		unknown := 0
		for _, h := range s.hashes[kind] {
			id, ok := l.ids[h]
			if !ok {
				unknown++
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
		total := known + float64(unknown)*float64(l.unseen)*float64(l.unseen)
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

// logTF dampens repetition: 1, 1.69, 2.1, …
func logTF(n uint16) float32 {
	if n <= 1 {
		return 1
	}
	return float32(1 + math.Log(float64(n)))
}

// Package match finds which of many classes a short text belongs to, by
// classical means: words, groups of synonyms, pairs of them and character n-grams,
// TF-IDF, and a mean of two linear classifiers, the nearest centroid and ridge regression. It needs a
// handful of example texts for each class, knows no domain, uses no network and
// no random numbers: the same classes give the same model.
//
// A model says of every class how likely it is the right one, and from which
// value on a text should be taken to belong to any class at all. Both are
// learned from the examples themselves: each is scored by a model that has not
// seen it, which the hat matrix of the ridge regression gives exactly and
// without training again.
package match

// Package playbook reads plans that people wrote down in YAML files and offers
// them to the kernel as intents of a service. It is a plugin of the kernel and
// knows nothing of what the playbooks are about: docs/playbooks.md describes the
// format.
//
// A Set reads its files whenever it is asked to describe itself, so a refresh of
// the catalog is all that a changed file needs; Watch says when. Every file is
// checked against what the services offer at that moment. A playbook with a mistake
// is left out, with a Problem that names its place; the others are offered.
package playbook

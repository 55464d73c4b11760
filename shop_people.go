package main

import (
	"errors"

	"go.etcd.io/bbolt"

	"banyan/backends/privacy"
	"banyan/orchestrator"
	"banyan/services/user"
)

// maxHidden is how many people of the directory a screen knows from the start. Others
// are known once a turn has told of them.
const maxHidden = 5000

var errEnough = errors.New("enough people")

// screen knows what to hide of whom, when the chat's screen is shown to others.
func (s *shop) screen() (*privacy.Screen, error) {
	var people []orchestrator.User
	err := s.files[userNode].View(func(tx *bbolt.Tx) error {
		return s.users.Each(tx, func(p user.Person) error {
			if people = append(people, p.User()); len(people) == maxHidden {
				return errEnough
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return privacy.NewScreen(people...), nil
}

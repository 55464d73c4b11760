package orchestrator

// Abilities are the optional abilities of a Service; nil where it has not got one.
type Abilities struct {
	DryRunner DryRunner
	Finder    Finder
	Playbook  Playbook
	Closer    Closer
}

// AbilitiesOf returns what a service can do beside its contract.
func AbilitiesOf(s Service) Abilities {
	var a Abilities
	a.DryRunner, _ = s.(DryRunner)
	a.Finder, _ = s.(Finder)
	a.Playbook, _ = s.(Playbook)
	a.Closer, _ = s.(Closer)
	return a
}

// WithAbilities returns a service that performs its calls by s and has exactly the
// abilities that are given, whatever s has itself. Who wraps a service ends with this,
// so that no ability vanishes and none is claimed that is not there.
func WithAbilities(s Service, a Abilities) Service {
	has := 0
	for i, there := range []bool{a.DryRunner != nil, a.Finder != nil, a.Playbook != nil, a.Closer != nil} {
		if there {
			has |= 1 << i
		}
	}
	// Which methods a Go value has is fixed by its type, so there is a type for each
	// combination.
	switch has {
	case 1:
		return struct {
			justService
			DryRunner
		}{justService{s}, a.DryRunner}
	case 2:
		return struct {
			justService
			Finder
		}{justService{s}, a.Finder}
	case 3:
		return struct {
			justService
			DryRunner
			Finder
		}{justService{s}, a.DryRunner, a.Finder}
	case 4:
		return struct {
			justService
			Playbook
		}{justService{s}, a.Playbook}
	case 5:
		return struct {
			justService
			DryRunner
			Playbook
		}{justService{s}, a.DryRunner, a.Playbook}
	case 6:
		return struct {
			justService
			Finder
			Playbook
		}{justService{s}, a.Finder, a.Playbook}
	case 7:
		return struct {
			justService
			DryRunner
			Finder
			Playbook
		}{justService{s}, a.DryRunner, a.Finder, a.Playbook}
	case 8:
		return struct {
			justService
			Closer
		}{justService{s}, a.Closer}
	case 9:
		return struct {
			justService
			DryRunner
			Closer
		}{justService{s}, a.DryRunner, a.Closer}
	case 10:
		return struct {
			justService
			Finder
			Closer
		}{justService{s}, a.Finder, a.Closer}
	case 11:
		return struct {
			justService
			DryRunner
			Finder
			Closer
		}{justService{s}, a.DryRunner, a.Finder, a.Closer}
	case 12:
		return struct {
			justService
			Playbook
			Closer
		}{justService{s}, a.Playbook, a.Closer}
	case 13:
		return struct {
			justService
			DryRunner
			Playbook
			Closer
		}{justService{s}, a.DryRunner, a.Playbook, a.Closer}
	case 14:
		return struct {
			justService
			Finder
			Playbook
			Closer
		}{justService{s}, a.Finder, a.Playbook, a.Closer}
	case 15:
		return struct {
			justService
			DryRunner
			Finder
			Playbook
			Closer
		}{justService{s}, a.DryRunner, a.Finder, a.Playbook, a.Closer}
	}
	return justService{s}
}

// justService hides all that a service has beside the contract.
type justService struct{ Service }

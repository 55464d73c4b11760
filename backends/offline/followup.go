package offline

import "banyan/orchestrator"

func (p *planner) answerQuestion() (orchestrator.Plan, bool) { return orchestrator.Plan{}, false }
func (p *planner) correct() (orchestrator.Plan, bool)        { return orchestrator.Plan{}, false }
func (p *planner) remembered() (orchestrator.Plan, bool)     { return orchestrator.Plan{}, false }
func (p *planner) leftOut() (orchestrator.Plan, bool)        { return orchestrator.Plan{}, false }
func (p *planner) looksLeftOut(*request) bool                { return false }
func (p *planner) openQuestion() bool                        { return false }

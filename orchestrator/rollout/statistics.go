package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"banyan/orchestrator"
)

// Where statistics are kept in State: the counts of the intents in a few values, the
// minutes of the day in one, each trial and each mismatch in one of its own.
const (
	countKeys    = "rollout/counts/"
	countShards  = 8
	burnKey      = "rollout/burndown"
	trialKeys    = "rollout/trial/"
	mismatchKeys = "rollout/mismatch/"
)

// counts is what is stored about one intent. Of the durations the last are kept of
// whoever wrote last.
type counts struct {
	Numbers        numbers
	Legacy, Modern []int32 `json:",omitempty"`
}

func shardOf(intent string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(intent)) // a hash does not fail
	return countKeys + strconv.Itoa(int(h.Sum32()%countShards))
}

// save writes what is not stored yet. What cannot be written is kept for the next time.
func (c *Controller) save(ctx context.Context) error {
	c.saving.Lock()
	defer c.saving.Unlock()
	return errors.Join(c.saveCounts(ctx), c.saveBurn(ctx), c.saveTrials(ctx), c.found.save(ctx, c.opts.State))
}

// update replaces a value by what change makes of it, however often it takes.
func (c *Controller) update(ctx context.Context, key string, change func(value []byte) (any, error)) error {
	for {
		value, revision, err := c.opts.State.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		next, err := change(value)
		if err != nil {
			return fmt.Errorf("add to %s: %w", key, err)
		}
		encoded, err := json.Marshal(next)
		if err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		if _, err = c.opts.State.Put(ctx, key, encoded, revision); err == nil {
			return nil
		}
		if !errors.Is(err, orchestrator.ErrStale) {
			return fmt.Errorf("write %s: %w", key, err)
		}
	}
}

func (c *Controller) saveCounts(ctx context.Context) error {
	byShard := map[string]map[string]*tally{}
	c.mu.Lock()
	for intent, t := range c.tallies {
		if t.unsaved() {
			shard := shardOf(intent)
			if byShard[shard] == nil {
				byShard[shard] = map[string]*tally{}
			}
			byShard[shard][intent] = t
		}
	}
	c.mu.Unlock()
	var errs []error
	for shard, tallies := range byShard {
		fresh := map[string]counts{}
		for intent, t := range tallies {
			fresh[intent] = t.take()
		}
		all := map[string]counts{}
		err := c.update(ctx, shard, func(value []byte) (any, error) {
			clear(all)
			if json.Unmarshal(value, &all) != nil {
				clear(all) // counts that cannot be read are begun anew
			}
			for intent, f := range fresh {
				sum := all[intent]
				sum.Numbers.plus(f.Numbers)
				sum.Legacy, sum.Modern = f.Legacy, f.Modern
				all[intent] = sum
			}
			return all, nil
		})
		for intent, t := range tallies {
			if err != nil {
				t.giveBack(fresh[intent].Numbers)
			} else {
				t.saved(all[intent].Numbers)
			}
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (t *tally) unsaved() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dirty
}

// take returns what is not stored yet, as if it were stored from now on.
func (t *tally) take() counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := counts{Numbers: t.fresh, Legacy: t.legacy.inOrder(), Modern: t.modern.inOrder()}
	t.fresh, t.dirty = numbers{}, false
	return out
}

// giveBack undoes take.
func (t *tally) giveBack(n numbers) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n.plus(t.fresh)
	t.fresh, t.dirty = n, true
}

// saved takes over the sum that is stored now, which may hold what others counted.
func (t *tally) saved(n numbers) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total = n.clone()
	t.total.plus(t.fresh)
}

// inOrder are the durations, oldest first.
func (l *latencies) inOrder() []int32 {
	if len(l.ring) < latenciesKept {
		return slices.Clone(l.ring)
	}
	return slices.Concat(l.ring[l.next:], l.ring[:l.next])
}

func (c *Controller) saveBurn(ctx context.Context) error {
	c.burn.mu.Lock()
	fresh := c.burn.fresh
	c.burn.fresh = nil
	c.burn.mu.Unlock()
	if len(fresh) == 0 {
		return nil
	}
	var all burnPoints
	err := c.update(ctx, burnKey, func(value []byte) (any, error) {
		all = nil
		if json.Unmarshal(value, &all) != nil {
			all = nil
		}
		for _, p := range fresh {
			all.plus(p)
		}
		return all, nil
	})
	c.burn.mu.Lock()
	defer c.burn.mu.Unlock()
	if err != nil {
		for _, p := range c.burn.fresh {
			fresh.plus(p)
		}
		c.burn.fresh = fresh
		return err
	}
	c.burn.total = all
	for _, p := range c.burn.fresh {
		c.burn.total.plus(p)
	}
	return nil
}

func (c *Controller) saveTrials(ctx context.Context) error {
	c.mu.Lock()
	fresh := map[string]*trial{}
	for intent, t := range c.trials {
		fresh[intent] = t
	}
	c.mu.Unlock()
	var errs []error
	for intent, t := range fresh {
		t.mu.Lock()
		state, dirty := t.trialState, t.dirty
		t.dirty = false
		t.mu.Unlock()
		if !dirty {
			continue
		}
		if err := c.update(ctx, trialKeys+intent, func([]byte) (any, error) { return state, nil }); err != nil {
			t.mu.Lock()
			t.dirty = true
			t.mu.Unlock()
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// save writes the mismatches that are not stored yet, each to the slot of one that was
// forgotten.
func (m *mismatches) save(ctx context.Context, state orchestrator.State) error {
	m.mu.Lock()
	var fresh []kept
	for _, k := range m.list {
		if k.fresh {
			fresh = append(fresh, k)
		}
	}
	m.mu.Unlock()
	for _, k := range fresh {
		key := fmt.Sprintf("%s%04d", mismatchKeys, k.slot)
		_, revision, err := state.Get(ctx, key)
		if err == nil {
			_, err = state.Put(ctx, key, k.value, revision)
		}
		if errors.Is(err, orchestrator.ErrStale) {
			continue // another controller uses the slot; next time it is overwritten
		}
		if err != nil {
			return fmt.Errorf("keep a mismatch: %w", err)
		}
		m.stored(k)
	}
	return nil
}

func (m *mismatches) stored(k kept) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.list {
		if m.list[i].slot == k.slot && &m.list[i].value[0] == &k.value[0] {
			m.list[i].fresh = false
		}
	}
}

// loadStatistics reads what was saved. Statistics that cannot be read are begun anew.
func (c *Controller) loadStatistics(ctx context.Context) error {
	for shard := range countShards {
		all := map[string]counts{}
		if err := c.read(ctx, countKeys+strconv.Itoa(shard), &all); err != nil {
			return err
		}
		for intent, one := range all {
			t := newTally(c.opts.Seed, intent)
			t.total = one.Numbers
			for _, us := range one.Legacy {
				t.legacy.keep(us)
			}
			for _, us := range one.Modern {
				t.modern.keep(us)
			}
			c.tallies[intent] = t
		}
	}
	if err := c.read(ctx, burnKey, &c.burn.total); err != nil {
		return err
	}
	trials, err := c.opts.State.Keys(ctx, trialKeys)
	if err != nil {
		return fmt.Errorf("list the trials: %w", err)
	}
	for _, key := range trials {
		var s trialState
		if err := c.read(ctx, key, &s); err != nil {
			return err
		}
		c.trialStates[strings.TrimPrefix(key, trialKeys)] = s
	}
	return c.loadMismatches(ctx)
}

func (c *Controller) read(ctx context.Context, key string, into any) error {
	value, _, err := c.opts.State.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	if len(value) == 0 {
		return nil
	}
	if err := json.Unmarshal(value, into); err != nil {
		c.opts.Logger.Warn("statistics of the migration cannot be read and are begun anew", "key", key, "cause", err)
	}
	return nil
}

// loadMismatches reads the mismatches, in the order in which they were found.
func (c *Controller) loadMismatches(ctx context.Context) error {
	keys, err := c.opts.State.Keys(ctx, mismatchKeys)
	if err != nil {
		return fmt.Errorf("list the mismatches: %w", err)
	}
	type found struct {
		orchestrator.Mismatch
		kept
	}
	var all []found
	for _, key := range keys {
		slot, err := strconv.Atoi(strings.TrimPrefix(key, mismatchKeys))
		if err != nil || slot < 0 || slot >= mismatchesKept {
			continue
		}
		value, _, err := c.opts.State.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("read a mismatch: %w", err)
		}
		var m orchestrator.Mismatch
		if json.Unmarshal(value, &m) == nil && m.ID != "" {
			all = append(all, found{m, kept{slot, value, m.Intent, false}})
		}
	}
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.ID, b.ID) })
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	for _, f := range all {
		c.found.put(f.kept)
	}
	return nil
}

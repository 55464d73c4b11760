package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"banyan/orchestrator"
)

func BenchmarkOpenShop(b *testing.B) {
	dir := b.TempDir()
	if _, err := resetShop(dir); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := openShop(dir, shopOptions{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = s.Close()
		b.StartTimer()
	}
}

func BenchmarkSeedShop(b *testing.B) {
	dir := b.TempDir()
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		n++
		fresh := filepath.Join(dir, fmt.Sprint(n))
		if err := os.Mkdir(fresh, 0o700); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		s, err := openShop(fresh, shopOptions{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = s.Close()
		b.StartTimer()
	}
}

// BenchmarkShopReads measures reads through the barrier with nothing under way.
func BenchmarkShopReads(b *testing.B) {
	s := newTestShop(b)
	ada := orchestrator.User{Email: "ada@example.com", Role: orchestrator.Customer}
	for _, c := range []struct {
		intent string
		args   args
	}{
		{"get_order", args{"email": ada.Email, "order_id": "1002"}},
		{"list_orders", args{"email": ada.Email}},
		{"get_profile", args{"email": ada.Email}},
		{"track_shipment", args{"email": ada.Email, "order_id": "1002"}},
	} {
		svc := s.service(orchestrator.Modern, c.intent)
		b.Run(c.intent, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := svc.Call(context.Background(), orchestrator.Call{Intent: c.intent, Args: c.args, User: ada, Subject: ada}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkShopChange measures a change with its event on either side, with and
// without waiting for the disk. The other side is not told meanwhile.
func BenchmarkShopChange(b *testing.B) {
	for _, sync := range []bool{true, false} {
		for _, era := range []orchestrator.Era{orchestrator.Modern, orchestrator.Legacy} {
			b.Run(fmt.Sprint(era, map[bool]string{true: "/OnDisk", false: "/InMemory"}[sync]), func(b *testing.B) {
				s := mustOpenShop(b, b.TempDir(), func(o *shopOptions) { o.NoSync = !sync })
				s.sync.SetPaused(true)
				n := 0
				b.ReportAllocs()
				for b.Loop() {
					n++
					s.mustCall(era, "dora@example.com", "change_order", args{"order_id": "4003", "item": "socks", "quantity": float64(1 + n%90)})
				}
			})
		}
	}
}

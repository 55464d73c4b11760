package main

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

func BenchmarkOpenShop(b *testing.B) {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "shop.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := openShop(db, shopOptions{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := openShop(db, shopOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeedShop(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		db, err := bbolt.Open(filepath.Join(b.TempDir(), fmt.Sprint(b.N, time.Now().UnixNano())), 0o600, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := openShop(db, shopOptions{}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = db.Close()
		b.StartTimer()
	}
}

func BenchmarkShopReads(b *testing.B) {
	s := newTestShop(b)
	ada := orchestrator.User{Email: "ada@example.com", Role: orchestrator.Customer}
	for _, c := range []struct {
		svc    orchestrator.Service
		intent string
		args   args
	}{
		{s.orders, "get_order", args{"email": ada.Email, "order_id": "1002"}},
		{s.orders, "list_orders", args{"email": ada.Email}},
		{s.users, "get_profile", args{"email": ada.Email}},
		{s.shipping, "track_shipment", args{"email": ada.Email, "order_id": "1002"}},
	} {
		b.Run(c.intent, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.svc.Call(context.Background(), orchestrator.Call{Intent: c.intent, Args: c.args, User: ada, Subject: ada}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

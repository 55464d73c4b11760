// Package services makes a Service of the kernel out of plain functions, so that
// a microservice is only its domain code:
//
//	svc, err := services.New("order", "1.0.0",
//		services.Handle(orchestrator.Intent{Name: "cancel_order", …},
//			func(ctx context.Context, in CancelOrder) (Order, error) { … }))
//
// The schemas of parameters and result are inferred from the structs; see
// orchestrator.SchemaFor for the tags. A function sees arguments that fit the
// schema, and asks CallFrom for whom it works. The subfolders are the shop's
// microservices, and services/storage is what they keep their data with.
package services

// Package shipping is the microservice of parcels: where an order goes, where its
// parcel is, and when it will come. What is in an order and what it costs is the
// order service's.
package shipping

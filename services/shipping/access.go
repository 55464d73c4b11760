package shipping

// own is the access rule of all intents: the parcels of a customer are for that customer,
// and for staff who act for her.
const own = `user.email == subject.email || user.role == "admin" || user.staff && subject.role == "customer"`

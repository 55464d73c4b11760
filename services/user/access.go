package user

// own is the access rule of all intents: the profile of a customer is for that customer,
// and for staff who act for her.
const own = `user.email == subject.email || user.role == "admin" || user.staff && subject.role == "customer"`

package orchestrator

import (
	"strings"
	"testing"
)

// What answers say beside facts is never taken for one.
func TestFactsOrdinaryEnglish(t *testing.T) {
	for _, answer := range []string{
		"Your order is on its way. I'm sorry for the delay!",
		"# Order Status\n\n**Current Status:** Shipped\n**Estimated Delivery:** soon",
		"| Order Number | Order Date | Total Amount |\n|---|---|---|\n| 1003 | 15 November | 1,234.50 EUR |",
		"Good news! Your Desk Lamp has shipped. Thank you for your patience. Have a great day!",
		"Hi there! How can I help you today? Please let me know whether you'd like anything else.",
		"Best regards,\nCustomer Support Team",
		"Kind Regards,\nThe Support Team",
		"Unfortunately, I can't cancel it. However, you may return it. Would you like me to do that?",
		"- **Shipping Method**: Express Delivery\n- **Payment Method**: Credit Card\n- **Customer Service**: available",
		"Please see our Privacy Policy and the Terms of Service in the Help Center.",
		"You can pay with Apple Pay or Visa. Black Friday and Cyber Monday offers are over. Merry Christmas and a Happy New Year!",
		"It will arrive before Christmas. It was made in the United Kingdom, not in the United States.",
		"Order Details:\n1. Desk Lamp\n2. Shipping Address\n3. Billing Address",
		"Dear Customer, Your Request Has Been Received. Dear Sir or Madam, Hello Again! Hi Everyone!",
		"I Have Checked Your Recent Orders And Everything Looks Fine.",
		"In short: No. Not Yet. Still Processing. Out For Delivery. Awaiting Payment. Partially Refunded.",
		"Next Steps: Track Shipment, Change Delivery Address, Request Return, Talk To A Human.",
		"Ihre Bestellung wurde heute versendet. Die Lieferung erfolgt mit dem Express Versand. Bitte haben Sie etwas Geduld.",
		"Du hast **2 Treuepunkte**, Stufe Silber.", "Hinterlegte Zahlungsarten: Karte und Rechnung", "Deine Bestellung ist unterwegs: Desk Lamp, Versand Express, Status Versendet.",
		"Su Pedido está en camino. Gracias por su Paciencia y por Comprar con nosotros.",
		"Votre Commande est en route. Merci de votre Patience.",
		"Step 1: open the link. Option 2 is better. Part 3 of 5. Version 2.0 is out. About 2 to 3 business days, in 24 hours at most; 50% off; 1-2 weeks; the 2nd one; 10 of 12.",
		"OK, FAQ, PDF, VIP, SMS and DHL are fine. Wi-Fi, e-mail, iPhone and eBay too.",
		"Yes — that's right: it hasn't shipped yet… (see below)", "¯\\_(ツ)_/¯ 🎉 👍", "1. one\n2. two\n3. three\n10. ten", "a/b/c and/or s/he 24/7", "C'est la vie", "🚚 Out for Delivery",
		"If You Would Like To Change The Quantity, Just Say So.", "As of today, there is nothing to send back.", "Today, Tomorrow"[:5], "Your Loyalty Tier Is Gold.", "Monthly Plan Renewal",
		"Here's what I found:\n\n**Recent Orders**\n\n* One\n* Two", "> Quoted Text Stays", "`Code Block Here`", "Frequently Asked Questions", "Sign In To Your Account",
	} {
		f := newFacts(factsRequest(), nil)
		var out findings
		f.check(answer, 0, len(answer), &out)
		if len(out.problems) > 0 {
			t.Errorf("%q: %s", answer, strings.Join(out.problems, "; "))
		}
	}
}

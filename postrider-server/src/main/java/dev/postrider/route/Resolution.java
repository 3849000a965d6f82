package dev.postrider.route;

import dev.postrider.mail.address.Mailbox;

/**
 * What an address comes to. Immutable.
 *
 * @param recipient whom mail for it goes to: the address, or what remains of {@code
 *     user%elsewhere@here}
 * @param addressClass of the recipient's domain
 * @param routed whether the local-part asks somebody to send on ({@code %}, {@code !}, {@code @}):
 *     that is no reason to take it from strangers
 * @param route where it goes next
 */
public record Resolution(
    Mailbox recipient, AddressClass addressClass, boolean routed, Route route) {}

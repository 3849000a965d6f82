/**
 * Notices to senders [bounce, defer]. A notice has the null sender and is never answered by a
 * notice.
 */
@NullMarked
package dev.postrider.bounce;

import org.jspecify.annotations.NullMarked;

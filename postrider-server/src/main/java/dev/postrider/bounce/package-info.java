/**
 * Notices to senders [bounce, defer], and to the postmaster about SMTP sessions with trouble. A
 * notice has the null sender, or double_bounce_sender if it is for the postmaster, and is never
 * answered by a notice.
 */
@NullMarked
package dev.postrider.bounce;

import org.jspecify.annotations.NullMarked;

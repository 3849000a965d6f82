/**
 * What is wrong with an installation and what mends it: {@code postrider doctor}; and whether mail
 * flows: {@code postrider status}. Each check is a class of its own that gets all it may look at
 * handed in, runs beside the others on a thread of its own, and only looks: nothing here changes a
 * file or sends a message. Only {@link dev.postrider.doctor.ProviderCheck} logs in, once. What
 * mends a finding is a command in its text.
 */
@NullMarked
package dev.postrider.doctor;

import org.jspecify.annotations.NullMarked;

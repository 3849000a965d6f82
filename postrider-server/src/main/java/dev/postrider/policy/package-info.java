/** Who may do what at the SMTP server [smtpd access]. Answers are sealed verdicts. */
@NullMarked
package dev.postrider.policy;

import org.jspecify.annotations.NullMarked;

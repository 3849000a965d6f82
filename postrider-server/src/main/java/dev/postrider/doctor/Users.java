package dev.postrider.doctor;

import java.io.IOException;

/** Which accounts this machine has. */
@FunctionalInterface
public interface Users {
  /** Whether there is an account of that name. */
  boolean exists(String name) throws IOException, InterruptedException;
}

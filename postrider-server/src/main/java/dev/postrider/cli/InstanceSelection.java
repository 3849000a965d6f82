package dev.postrider.cli;

/** Which of several instances are meant: {@code -a}, {@code -g group}, {@code -i name}. */
sealed interface InstanceSelection {
  /** What every name of an instance begins with; it may be left out where one is selected. */
  String PREFIX = "postfix-";

  boolean matches(MailInstance instance);

  /** No option was given. */
  record None() implements InstanceSelection {
    @Override
    public boolean matches(MailInstance instance) {
      return false;
    }
  }

  /** All of them. */
  record All() implements InstanceSelection {
    @Override
    public boolean matches(MailInstance instance) {
      return true;
    }
  }

  /** Those of a group. */
  record Group(String group) implements InstanceSelection {
    @Override
    public boolean matches(MailInstance instance) {
      return !instance.group().isEmpty() && instance.group().equals(group);
    }
  }

  /** One, by its name, its name without the prefix, its directory; {@code -} is the primary one. */
  record Name(String name) implements InstanceSelection {
    @Override
    public boolean matches(MailInstance instance) {
      if (instance.primary() && name.equals("-")) {
        return true;
      }
      String own = instance.name();
      if (name.startsWith("/") || own.isEmpty()) {
        return name.equals(instance.configDirectory());
      }
      boolean shortened = own.startsWith(PREFIX) && !name.startsWith(PREFIX);
      return name.equals(shortened ? own.substring(PREFIX.length()) : own);
    }
  }
}

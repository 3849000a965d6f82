package dev.postrider.config;

/** A compatibility level such as 2, 3.6 or 3.11.1, as the operators {@code <level} compare it. */
record CompatibilityLevel(long major, int minor, int patch)
    implements Comparable<CompatibilityLevel> {
  private static final int LIMIT = 1023;
  private static final long MAJOR_LIMIT = Long.MAX_VALUE >> 20;

  static CompatibilityLevel parse(String text) throws ConfigException {
    String[] parts = {"", "0", "0"};
    int count = 0;
    int start = 0;
    while (true) {
      int dot = count == 2 ? -1 : text.indexOf('.', start);
      parts[count++] = dot < 0 ? text.substring(start) : text.substring(start, dot);
      if (dot < 0) {
        break;
      }
      start = dot + 1;
    }
    try {
      for (String part : parts) {
        if (!Separators.allDigits(part)) {
          throw malformed(text);
        }
      }
      long major = Long.parseLong(parts[0]);
      int minor = Integer.parseInt(parts[1]);
      int patch = Integer.parseInt(parts[2]);
      if (major > MAJOR_LIMIT || minor > LIMIT || patch > LIMIT) {
        throw malformed(text);
      }
      return new CompatibilityLevel(major, minor, patch);
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static ConfigException malformed(String text) {
    return new ConfigException("malformed compatibility level syntax: \"" + text + "\"");
  }

  @Override
  public int compareTo(CompatibilityLevel other) {
    int byMajor = Long.compare(major, other.major);
    int byMinor = Integer.compare(minor, other.minor);
    return byMajor != 0 ? byMajor : byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
  }
}

package dev.postrider.config;

/** Addresses as inet_ntop(3) prints them: the longest run of zero groups is {@code ::}. */
final class AddressText {
  private AddressText() {}

  static String of(byte[] address) {
    return address.length == 4 ? four(address, 0) : six(address);
  }

  private static String four(byte[] a, int from) {
    return (a[from] & 0xff)
        + "."
        + (a[from + 1] & 0xff)
        + "."
        + (a[from + 2] & 0xff)
        + "."
        + (a[from + 3] & 0xff);
  }

  private static String six(byte[] a) {
    int bestStart = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && group(a, i + length) == 0) {
        length++;
      }
      if (length > bestLength) {
        bestStart = i;
        bestLength = length;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(group(a, i)));
    }
    return text.toString();
  }

  private static int group(byte[] a, int index) {
    return (a[2 * index] & 0xff) << 8 | (a[2 * index + 1] & 0xff);
  }
}

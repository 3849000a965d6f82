# Sourced, never run: find_jdk sets JDK_HOME to a JDK of at least version 25, or fails.
# Looks at JAVA_HOME, then where systems keep their JDKs, then at the java on the PATH. A JDK tells
# its version in the file "release"; asking java itself would cost 30 ms a candidate.

is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r key value; do
    [ "$key" = JAVA_VERSION ] || continue
    value=${value#\"}
    value=${value%%[!0-9]*}
    [ "${value:-0}" -ge 25 ]
    return
  done < "$1/release"
  return 1
}

find_jdk() {
  own=${HOME:-/nonexistent} # cron and service managers may set none
  for candidate in "${JAVA_HOME:-/nonexistent}" \
    /usr/lib/jvm/*25* /usr/lib/jvm/*2[6-9]* /usr/lib/jvm/* /opt/*jdk* /opt/java/* \
    "$own"/.sdkman/candidates/java/* "$own"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$own"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if is_jdk_25 "$candidate"; then
      JDK_HOME=$candidate
      return 0
    fi
  done
  if [ -x /usr/libexec/java_home ] && candidate=$(/usr/libexec/java_home -v 25+ 2>/dev/null) &&
    is_jdk_25 "$candidate"; then
    JDK_HOME=$candidate
    return 0
  fi
  if candidate=$(command -v java) && candidate=$(readlink -f "$candidate" 2>/dev/null) &&
    is_jdk_25 "${candidate%/bin/java}"; then
    JDK_HOME=${candidate%/bin/java}
    return 0
  fi
  echo "postrider: no JDK 25 found: install Temurin 25 (https://adoptium.net; Debian: apt install temurin-25-jdk; macOS: brew install --cask temurin@25) or set JAVA_HOME to one." >&2
  return 1
}

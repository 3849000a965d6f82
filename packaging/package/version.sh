# Sourced, never run: sets VERSION (of the files) and DEB_VERSION from the pom and the commit.
# A snapshot sorts before its release, and a later commit after an earlier one.
pom_version=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$root/pom.xml" | head -n 1)
VERSION=${POSTRIDER_VERSION:-$pom_version}
case $VERSION in
  *-SNAPSHOT)
    commit_time=$(TZ=UTC0 git -C "$root" log -1 --format=%cd --date=format-local:%Y%m%d%H%M%S 2>/dev/null) ||
      commit_time=0
    DEB_VERSION=${VERSION%-SNAPSHOT}~git$commit_time
    ;;
  *) DEB_VERSION=$VERSION ;;
esac

# Sourced by build: what a Mac needs. The formula and the launchd files can be made anywhere; the
# installer package needs a Mac, which has pkgbuild.
tree=$out/macos
rm -rf "$tree"
mkdir -p "$tree"
cp -R "$root/packaging/macos/launchd" "$tree/launchd"
sed -e "s/@VERSION@/$VERSION/" "$root/packaging/macos/postrider.rb.in" >"$tree/postrider.rb"
echo "$tree"
if command -v pkgbuild >/dev/null; then
  sh "$root/packaging/macos/make-pkg.sh" "$image" "$root" "$VERSION" "$out/postrider-$VERSION-$(uname -m).pkg"
fi

# Sourced by build: the directory from which a container image is built, by whichever builder there is.
tree=$out/image
rm -rf "$tree"
mkdir -p "$tree"
(. "$here/tar.sh") >/dev/null
cp "$out/postrider-$VERSION-linux-$(uname -m).tar.gz" "$tree/postrider.tar.gz"
cp "$root/packaging/container/Containerfile" "$root/packaging/container/compose.yaml" "$tree/"
echo "$tree (docker build -t postrider $tree, or podman, or buildah)"

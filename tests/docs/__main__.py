"""`make docs`: builds the site into `site/`."""

from tests.docs.site import with_zensical

if __name__ == "__main__":
    print(f"The documentation is at {with_zensical() / 'index.html'}")

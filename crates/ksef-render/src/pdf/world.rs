//! What the compiler sees: the template, the page, the logo and the fonts; no files and no clock of the machine.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use crate::look::Logo;

/// The world of one page.
pub(super) struct PageWorld {
    page: Bytes,
    logo: Option<(FileId, Bytes)>,
}

/// What all pages share.
struct Common {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    page: FileId,
}

static COMMON: LazyLock<Common> = LazyLock::new(|| {
    // Lato by Łukasz Dziedzic, under the SIL Open Font License (fonts/OFL.txt).
    let files: [&'static [u8]; 2] = [
        include_bytes!("../../fonts/Lato-Regular.ttf"),
        include_bytes!("../../fonts/Lato-Bold.ttf"),
    ];
    let fonts: Vec<_> = files
        .into_iter()
        .flat_map(|file| Font::iter(Bytes::new(file)))
        .collect();
    Common {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        template: Source::new(
            file("page.typ"),
            include_str!("../../templates/page.typ").to_owned(),
        ),
        page: file("page.json"),
    }
});

/// The identifier of a file of this world. There are few names, for the compiler never forgets one.
#[expect(clippy::expect_used, reason = "the names are those written here")]
fn file(name: &'static str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain file name");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl PageWorld {
    pub(super) fn new(page: Vec<u8>, logo: Option<&Logo>) -> Self {
        Self {
            page: Bytes::new(page),
            logo: logo.map(|logo| {
                (
                    file(logo.format().file_name()),
                    Bytes::new(logo.bytes().to_vec()),
                )
            }),
        }
    }
}

impl World for PageWorld {
    fn library(&self) -> &LazyHash<Library> {
        &COMMON.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &COMMON.book
    }

    fn main(&self) -> FileId {
        COMMON.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == COMMON.template.id() {
            Ok(COMMON.template.clone())
        } else {
            Err(FileError::NotSource)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match &self.logo {
            _ if id == COMMON.page => Ok(self.page.clone()),
            Some((logo, bytes)) if *logo == id => Ok(bytes.clone()),
            Some(_) | None => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        COMMON.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

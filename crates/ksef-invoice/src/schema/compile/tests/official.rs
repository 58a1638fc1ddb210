//! The official schemas, where they are found.

use std::path::PathBuf;

use super::*;

fn find_schemas() -> Option<PathBuf> {
    let folder = match std::env::var_os("KSEF_SPEC_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/spec")),
    };
    let folder = folder.join("xsd");
    folder.is_dir().then_some(folder)
}

/// Names, simple types, complex types, elements and positions.
#[test]
fn official_schemas_compile() {
    let Some(folder) = find_schemas() else {
        eprintln!("skipped: no official schemas, set KSEF_SPEC_DIR");
        return;
    };
    let loader = FileLoader::new().with_folder(&folder);
    for (file, expected) in [
        ("fa/schemat_FA(3)_v1-0E.xsd", [430, 143, 115, 443, 489]),
        ("fa/schemat_FA(2)_v1-0E.xsd", [400, 136, 103, 413, 459]),
        ("rr/schemat_FA_RR(1)_v1-1E.xsd", [237, 124, 82, 239, 281]),
        ("upo/upo-v4-3.xsd", [38, 65, 6, 28, 28]),
        ("auth/schemat_auth_v2-1.xsd", [19, 54, 5, 13, 13]),
        ("pef/Schemat_PEF(3)_v2-1.xsd", [2941, 49, 1261, 1841, 2545]),
        (
            "pef/Schemat_PEF_KOR(3)_v2-1.xsd",
            [2941, 49, 1261, 1841, 2542],
        ),
    ] {
        let schema = compile(&loader, folder.join(file).to_str().unwrap()).unwrap();
        let found = [
            schema.names.len(),
            schema.simple_types.len(),
            schema.complex_types.len(),
            schema.elements.len(),
            schema.positions.len(),
        ];
        assert_eq!(found, expected, "{file}");
    }
    // Its patterns have anchors and word boundaries, which are no patterns of XSD.
    let other = compile(
        &loader,
        folder.join("auth/schemat_auth_v2-0.xsd").to_str().unwrap(),
    );
    assert!(matches!(
        other.unwrap_err().kind(),
        CompileErrorKind::Pattern(_)
    ));
}

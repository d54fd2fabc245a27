//! Mistakes about what is there, and what is left to do.

use crate::{Flaw, IngestManifest, ManifestFile, Step, StoredFile};

type FlawOf = fn(&ManifestFile, Option<&StoredFile>) -> Option<Flaw>;

/// The right plan, by another idea of what is wrong with an object.
fn plan_by(
    flaw: FlawOf,
    manifest: &IngestManifest,
    published: bool,
    found: &[StoredFile],
) -> Vec<Step> {
    let files = manifest.files.iter().enumerate().map(|(at, file)| {
        let found = found.iter().find(|object| object.key == file.key);
        match flaw(file, found) {
            None => Step::Keep { file: at },
            Some(why) => Step::Copy { file: at, why },
        }
    });
    files.chain((!published).then_some(Step::Publish)).collect()
}

/// What is there is there.
pub mod existence_is_enough {
    use super::plan_by;
    use crate::{Flaw, IngestManifest, ManifestFile, Step, StoredFile};

    pub use crate::solution::*;

    /// What is wrong with the object that should be this file.
    pub fn flaw(_file: &ManifestFile, found: Option<&StoredFile>) -> Option<Flaw> {
        found.is_none().then_some(Flaw::Missing)
    }

    /// What is left to do.
    pub fn resume_plan(
        manifest: &IngestManifest,
        published: bool,
        found: &[StoredFile],
    ) -> Vec<Step> {
        plan_by(flaw, manifest, published, found)
    }
}

/// What has the right size has the right bytes.
pub mod size_is_enough {
    use super::plan_by;
    use crate::{Flaw, IngestManifest, ManifestFile, Step, StoredFile};

    pub use crate::solution::*;

    /// What is wrong with the object that should be this file.
    pub fn flaw(file: &ManifestFile, found: Option<&StoredFile>) -> Option<Flaw> {
        match found {
            None => Some(Flaw::Missing),
            Some(found) if found.size != file.size => Some(Flaw::OtherSize { found: found.size }),
            Some(_) => None,
        }
    }

    /// What is left to do.
    pub fn resume_plan(
        manifest: &IngestManifest,
        published: bool,
        found: &[StoredFile],
    ) -> Vec<Step> {
        plan_by(flaw, manifest, published, found)
    }
}

/// What is published was whole, and so it is.
pub mod manifest_is_trusted {
    use crate::{IngestManifest, Step, StoredFile};

    pub use crate::solution::*;

    /// What is left to do.
    pub fn resume_plan(
        manifest: &IngestManifest,
        published: bool,
        found: &[StoredFile],
    ) -> Vec<Step> {
        if published {
            return (0..manifest.files.len())
                .map(|file| Step::Keep { file })
                .collect();
        }
        crate::solution::resume_plan(manifest, published, found)
    }
}

/// First says what there will be, then brings it.
pub mod publish_first {
    use crate::{IngestManifest, Step, StoredFile};

    pub use crate::solution::*;

    /// What is left to do.
    pub fn resume_plan(
        manifest: &IngestManifest,
        published: bool,
        found: &[StoredFile],
    ) -> Vec<Step> {
        let mut steps = crate::solution::resume_plan(manifest, published, found);
        if !published {
            steps.rotate_right(1);
        }
        steps
    }
}

/// Where a manifest is, all is well.
pub mod manifest_means_complete {
    use crate::{IngestManifest, Standing, StoredFile};

    pub use crate::solution::*;

    /// How the lake stands to this manifest.
    pub fn standing(manifest: &IngestManifest, published: bool, found: &[StoredFile]) -> Standing {
        if published {
            return Standing::Complete;
        }
        crate::solution::standing(manifest, published, found)
    }
}

/// As many objects as files.
pub mod objects_are_counted {
    use crate::{IngestManifest, Standing, StoredFile};

    pub use crate::solution::*;

    /// How the lake stands to this manifest.
    pub fn standing(manifest: &IngestManifest, published: bool, found: &[StoredFile]) -> Standing {
        let of = manifest.files.len();
        let is_here = |key: &str| found.iter().any(|object| object.key == key);
        let files = manifest.files.iter();
        let missing = files.filter(|file| !is_here(&file.key));
        let missing: Vec<_> = missing.map(|file| file.name.clone()).collect();
        match (published, of - missing.len()) {
            (true, there) if there == of => Standing::Complete,
            (true, _) => Standing::Broken { files: missing },
            (false, 0) => Standing::Absent,
            (false, there) if there == of => Standing::Unpublished,
            (false, there) => Standing::Partial { there, of },
        }
    }
}

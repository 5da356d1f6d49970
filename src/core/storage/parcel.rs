//! What is sent to a bucket: a take, or another asset of the library. Both have one id among all, so that uploads are told apart by
//! it alone.

use crate::core::asset::Asset;
use crate::core::take::Take;

use super::Place;

/// One file of the library on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    pub id: String,
    pub is_take: bool,
    /// For people.
    pub name: String,
    /// Relative to the data folder, or absolute.
    pub path: String,
    pub bytes: u64,
}

impl Parcel {
    pub fn of_take(take: &Take) -> Parcel {
        Parcel {
            id: take.id.0.clone(),
            is_take: true,
            name: format!("{} · take {}", take.title, take.number),
            path: take.media.clone(),
            bytes: take.bytes,
        }
    }

    /// A take's asset has the take's id, and is the take.
    pub fn of_asset(asset: &Asset) -> Parcel {
        let (id, name, path) = (asset.id.0.clone(), asset.name.clone(), asset.path.clone());
        Parcel { id, is_take: asset.take.is_some(), name, path, bytes: asset.bytes }
    }

    /// What it is called in a bucket: where it lies in a data folder, so that a bucket can be read like one.
    pub fn key(&self, place: &Place) -> String {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        if self.is_take {
            return place.key(&format!("takes/{}/{file}", self.id), &format!("takes/{}", self.id));
        }
        let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
        let plain = ending.len() <= 8 && !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let ending = if plain { format!(".{}", ending.to_ascii_lowercase()) } else { String::new() };
        place.key(&self.path, &format!("media/{}{ending}", self.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::storage::Provider;

    #[test]
    fn a_bucket_is_laid_out_like_a_data_folder() {
        let empty = String::new;
        let (bucket, prefix) = ("films".to_owned(), "studio".to_owned());
        let place = Place { provider: Provider::S3, bucket, endpoint: empty(), region: empty(), account: empty(), prefix };
        let parcel = |is_take, path: &str| Parcel { id: "0193".into(), is_take, name: empty(), path: path.into(), bytes: 1 };
        for (parcel, key) in [
            (parcel(true, "/home/me/data/takes/0193/take.mkv"), "studio/takes/0193/take.mkv"),
            (parcel(false, "media/0193.mp4"), "studio/media/0193.mp4"),
            (parcel(false, "/home/me/Film über Öl.MP4"), "studio/media/0193.mp4"),
            (parcel(false, "/home/me/no ending"), "studio/media/0193"),
            (parcel(false, "../secret.mp4"), "studio/media/0193.mp4"),
        ] {
            assert_eq!(parcel.key(&place), key);
        }
    }
}

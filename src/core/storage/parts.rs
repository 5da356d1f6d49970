//! How a file is cut for its way into a bucket. The providers take at most 10,000 parts (S3, GCS; Azure 50,000) of at least 5 MiB,
//! so large files have larger parts: a file of 1 TB has parts of 98 MiB.
//! Sources: the S3 user guide, “Multipart upload limits”; Google's “XML API multipart uploads”; “Scalability targets for Blob storage”.

const MIB: u64 = 1 << 20;

/// The usual part. Smaller ones cost more requests, larger ones more work to do again.
pub const PART_BYTES: u64 = 8 * MIB;

/// Some parts fewer than allowed.
const MOST_PARTS: u64 = 9_800;

/// The largest file: 5 TiB at S3 and GCS, which Azure exceeds.
pub const MAX_BYTES: u64 = 5 << 40;

/// Bytes that are on their way at the same time, at most: memory stays bounded for the largest parts, too.
const IN_FLIGHT_BYTES: u64 = 64 * MIB;
const MOST_AT_ONCE: u64 = 4;

/// The size of the parts of a file of `bytes`: all but the last are this long.
pub fn part_bytes(bytes: u64) -> u64 {
    bytes.div_ceil(MOST_PARTS).div_ceil(MIB).saturating_mul(MIB).max(PART_BYTES)
}

/// How many parts there are.
pub fn count(bytes: u64, part_bytes: u64) -> u64 {
    bytes.div_ceil(part_bytes.max(1))
}

/// Parts that are sent side by side.
pub fn at_once(part_bytes: u64) -> usize {
    (IN_FLIGHT_BYTES / part_bytes.max(1)).clamp(1, MOST_AT_ONCE) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terabyte_fits() {
        let terabyte = 1_000_000_000_000;
        assert_eq!(part_bytes(terabyte), 98 * MIB);
        for bytes in [0, 1, PART_BYTES, PART_BYTES + 1, 80 << 30, terabyte, 1 << 40, MAX_BYTES] {
            let part = part_bytes(bytes);
            assert!(count(bytes, part) <= 10_000, "{bytes}");
            assert!((5 * MIB..=5 << 30).contains(&part), "{bytes}");
        }
    }

    #[test]
    fn memory_is_bounded() {
        assert_eq!(at_once(PART_BYTES), 4);
        assert_eq!(at_once(part_bytes(1 << 40)), 1);
    }
}

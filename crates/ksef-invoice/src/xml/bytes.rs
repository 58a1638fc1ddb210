//! Comparison of short texts without a call: names have ten bytes or so.

/// Are the bytes the same?
#[inline]
pub(crate) fn is_same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    if let (Some(left_end), Some(right_end)) = (left.last_chunk::<8>(), right.last_chunk::<8>()) {
        let words = left.chunks_exact(8).zip(right.chunks_exact(8));
        return left_end == right_end
            && words
                .map(|(left, right)| (left.first_chunk::<8>(), right.first_chunk::<8>()))
                .all(|(left, right)| left == right);
    }
    if let (Some(left_end), Some(right_end)) = (left.last_chunk::<4>(), right.last_chunk::<4>()) {
        return left_end == right_end && left.first_chunk::<4>() == right.first_chunk::<4>();
    }
    left.iter().zip(right).all(|(left, right)| left == right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_and_difference() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..text.len() {
            let left = &text[..length];
            let same = left.to_vec();
            assert!(is_same(left, &same));
            assert!(!is_same(left, &text[..=length]));
            for at in 0..length {
                let mut right = left.to_vec();
                right[at] ^= 1;
                assert!(!is_same(left, &right), "{length} {at}");
            }
        }
    }
}

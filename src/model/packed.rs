//! Columns of whole numbers as bytes: each value above the least one in as few bytes as the largest
//! needs, least significant byte first. It knows nothing of what the numbers mean.

use minicbor::{Decode, Encode};

/// A whole number that columns hold.
pub trait Cell: Copy + PartialEq + Default + Send + Sync + std::fmt::Debug + 'static {
    /// As the widest of them.
    fn wide(self) -> u64;
    /// Back again; what was packed fits.
    fn narrow(wide: u64) -> Self;
}

macro_rules! cell {
    ($($int:ty),*) => {
        $(impl Cell for $int {
            fn wide(self) -> u64 {
                self as u64
            }

            fn narrow(wide: u64) -> $int {
                wide as $int
            }
        })*
    };
}

cell!(u16, u32, u64, i64);

/// How the values of a column are packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Packing {
    /// How many values.
    #[n(0)]
    pub len: u64,
    /// The least value.
    #[n(1)]
    pub least: u64,
    /// Bytes of each, 0 to 8; 0: all are the least.
    #[n(2)]
    pub width: u8,
}

impl Packing {
    /// The tightest packing of some values.
    pub fn of<T: Cell>(values: &[T]) -> Packing {
        let (mut least, mut most) = (u64::MAX, 0);
        for value in values {
            least = least.min(value.wide());
            most = most.max(value.wide());
        }
        let spread = most.saturating_sub(least);
        Packing {
            len: values.len() as u64,
            least: if values.is_empty() { 0 } else { least },
            width: (8 - spread.leading_zeros() / 8) as u8,
        }
    }

    /// Packs values of which the packing was made.
    pub fn pack<T: Cell>(self, values: &[T]) -> Vec<u8> {
        let width = usize::from(self.width);
        let mut bytes = Vec::with_capacity(values.len() * width + 8);
        for value in values {
            bytes.extend_from_slice(&(value.wide().wrapping_sub(self.least)).to_le_bytes());
            bytes.truncate(bytes.len() - 8 + width);
        }
        bytes
    }

    /// The values again; `None` where the bytes are not as many as they should be.
    pub fn unpack<T: Cell>(self, bytes: &[u8], count: usize) -> Option<Vec<T>> {
        let (width, least) = (usize::from(self.width), self.least);
        if width > 8 || count.checked_mul(width)? != bytes.len() {
            return None;
        }
        fn fixed<T: Cell, const N: usize>(bytes: &[u8], least: u64) -> Vec<T> {
            let value = |chunk: &[u8; N]| {
                let mut wide = [0; 8];
                wide[..N].copy_from_slice(chunk);
                T::narrow(least.wrapping_add(u64::from_le_bytes(wide)))
            };
            bytes.as_chunks::<N>().0.iter().map(value).collect()
        }
        Some(match width {
            0 => vec![T::narrow(least); count],
            1 => fixed::<T, 1>(bytes, least),
            2 => fixed::<T, 2>(bytes, least),
            3 => fixed::<T, 3>(bytes, least),
            4 => fixed::<T, 4>(bytes, least),
            5 => fixed::<T, 5>(bytes, least),
            6 => fixed::<T, 6>(bytes, least),
            7 => fixed::<T, 7>(bytes, least),
            _ => fixed::<T, 8>(bytes, least),
        })
    }
}

/// A packed column in one piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Packed {
    /// How.
    #[n(0)]
    pub packing: Packing,
    /// The bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

impl Packed {
    /// Packs a column.
    pub fn of<T: Cell>(values: &[T]) -> Packed {
        let packing = Packing::of(values);
        Packed {
            packing,
            bytes: packing.pack(values),
        }
    }

    /// The column again; `None` where it is damaged.
    pub fn values<T: Cell>(&self) -> Option<Vec<T>> {
        let count = usize::try_from(self.packing.len).ok()?;
        // A column of one value has no bytes that could vouch for its length.
        let sound = self.packing.width > 0 || count <= u32::MAX as usize;
        sound
            .then(|| self.packing.unpack(&self.bytes, count))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::{Packed, Packing};
    use proptest::prelude::*;

    #[test]
    fn what_is_the_same_takes_no_bytes() {
        let packed = Packed::of(&[7u32; 1000]);
        assert_eq!((packed.packing.width, packed.bytes.len()), (0, 0));
        assert_eq!(packed.values::<u32>(), Some(vec![7; 1000]));
        assert_eq!(Packed::of::<u16>(&[]).values::<u16>(), Some(Vec::new()));
    }

    #[test]
    fn bytes_that_are_missing_are_noticed() {
        let mut packed = Packed::of(&[1u32, 900, 5]);
        packed.bytes.pop();
        assert_eq!(packed.values::<u32>(), None);
        let wide = Packing {
            len: 1,
            least: 0,
            width: 9,
        };
        assert_eq!(wide.unpack::<u64>(&[0; 9], 1), None);
    }

    proptest! {
        #[test]
        fn columns_come_back(
            small in proptest::collection::vec(any::<u16>(), 0..50),
            wide in proptest::collection::vec(any::<u64>(), 0..50),
            signed in proptest::collection::vec(-5_000_000_000i64..5_000_000_000, 0..50),
            shift in 0u32..64,
        ) {
            prop_assert_eq!(Packed::of(&small).values(), Some(small));
            let wide: Vec<u64> = wide.into_iter().map(|value| value >> shift).collect();
            prop_assert_eq!(Packed::of(&wide).values(), Some(wide));
            prop_assert_eq!(Packed::of(&signed).values(), Some(signed));
        }
    }
}

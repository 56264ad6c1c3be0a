//! The small integers by which things are known inside one case. They mean nothing outside it and
//! never reach a user, with one exception: a claim's number (`#1042`) is stable within a case.

use minicbor::{Decode, Encode};
use serde::Serialize;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $int:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub $int);

        impl $name {
            /// As an index into a column.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// An entity of the case: dense, from 0, in the order of first mention, never reused.
    EntityId,
    u32
);
id!(
    /// A relation of the vocabulary: dense, from 0, in the order of declaration.
    RelationId,
    u16
);
id!(
    /// A type of the vocabulary: dense, from 0, in the order of declaration.
    TypeId,
    u16
);
id!(
    /// A claim's number, stable for the life of the case: dense, from 1 as users see it (`#1`).
    ClaimId,
    u32
);
id!(
    /// A transaction: dense, from 0, in the order of recording.
    TxId,
    u32
);

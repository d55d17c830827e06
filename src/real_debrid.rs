//! Real-Debrid, the other side: its wire format, a read-only client and the pace it is asked at.

pub mod wire;

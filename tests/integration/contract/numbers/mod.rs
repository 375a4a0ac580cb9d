//! Numbers: from 1, in the order of acceptance, never shared, never wasted; counts equal the rows.

mod concurrent;
mod counts;
mod order;
mod refused;

//! Who may do what, who approved it, and what a book says of it: four eyes, limits, duties kept apart, delegation, closed
//! months, and the matrix of every role against every act, amount and maker.

#[path = "authority/book.rs"]
mod book;
#[path = "authority/cash.rs"]
mod cash;
#[path = "authority/duties.rs"]
mod duties;
#[path = "authority/four_eyes.rs"]
mod four_eyes;
#[path = "authority/matrix.rs"]
mod matrix;
#[path = "authority/months.rs"]
mod months;
#[path = "authority/more.rs"]
mod more;
#[path = "authority/props.rs"]
mod props;
#[path = "rigs/variants.rs"]
mod variants;
#[path = "authority/ways_round.rs"]
mod ways_round;

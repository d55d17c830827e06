//! Addresses to be photographed from the screen.

use super::server_fns::QrCode;
use qrcode::Color;
use std::fmt::Write;

/// The QR code of an address; none when it is too long for one.
pub(super) fn code(address: &str) -> Option<QrCode> {
    let code = qrcode::QrCode::new(address).ok()?;
    let side = code.width();
    let mut path = String::new();
    for (row, colors) in code.to_colors().chunks(side).enumerate() {
        let mut column = 0;
        // Dark squares side by side are one rectangle, so that no light shines through between them.
        for squares in colors.chunk_by(|one, other| one == other) {
            if squares[0] == Color::Dark {
                let _ = write!(path, "M{column} {row}h{width}v1h-{width}z", width = squares.len());
            }
            column += squares.len();
        }
    }
    Some(QrCode { side, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_has_exactly_the_dark_squares() {
        let address = "https://real-debrid.com/authorize?client_id=X&device_id=ABCD1234";
        let QrCode { side, path } = code(address).unwrap();
        let mut dark = vec![Color::Light; side * side];
        for rectangle in path.split('M').skip(1) {
            let numbers: Vec<usize> =
                rectangle.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            let [column, row, width, ..] = numbers[..] else { panic!("{rectangle}") };
            dark[row * side + column..][..width].fill(Color::Dark);
        }
        assert_eq!(dark, qrcode::QrCode::new(address).unwrap().to_colors());
        assert!(code(&"x".repeat(8_000)).is_none());
    }
}

//! Random request ids, sent as `x-request-id`.

const HEX: [u8; 16] = *b"0123456789abcdef";

/// Creates a random UUID (version 4 of RFC 9562) from 128 random bits.
///
/// It writes digit by digit, because `format!` takes as long as all other work before a call is sent.
pub fn new_request_id(high: u64, low: u64) -> String {
    let high = (high & !0xF000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    let mut uuid = String::with_capacity(36);
    for (index, byte) in high.to_be_bytes().into_iter().chain(low.to_be_bytes()).enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            uuid.push('-');
        }
        uuid.push(char::from(HEX[usize::from(byte >> 4)]));
        uuid.push(char::from(HEX[usize::from(byte & 0xF)]));
    }
    uuid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_id_is_a_random_uuid() {
        assert_eq!(new_request_id(0, 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(new_request_id(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(
            new_request_id(0x0123_4567_89AB_CDEF, 0x0123_4567_89AB_CDEF),
            "01234567-89ab-4def-8123-456789abcdef"
        );
    }
}

//! IP addresses. The parser of the standard library makes up 3 KB of a WebAssembly module.

use crate::text::{contains, parse_decimal, split_once};

/// Parses a port. Only digits are allowed.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    parse_decimal(text)?.try_into().ok()
}

/// Parses four decimal numbers without leading zeros.
fn parse_ipv4(text: &str) -> Option<[u8; 4]> {
    let mut address = [0; 4];
    let mut rest = text.as_bytes();
    for (index, number) in address.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(b".")?;
        }
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, after) = rest.split_at(length);
        if length > 1 && digits[0] == b'0' {
            return None;
        }
        *number = parse_decimal(core::str::from_utf8(digits).ok()?)?.try_into().ok()?;
        rest = after;
    }
    rest.is_empty().then_some(address)
}

/// Parses groups of hexadecimal digits, and an IPv4 address at the end, into `groups`. Returns their number.
fn parse_groups(text: &str, groups: &mut [u16; 8]) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let mut count = 0;
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (part, after) = split_once(text, ":").map_or((text, None), |(part, after)| (part, Some(after)));
        if after.is_none() && contains(part, ".") {
            let [a, b, c, d] = parse_ipv4(part)?;
            *groups.get_mut(count)? = u16::from_be_bytes([a, b]);
            *groups.get_mut(count + 1)? = u16::from_be_bytes([c, d]);
            return Some(count + 2);
        }
        *groups.get_mut(count)? = parse_group(part)?;
        count += 1;
        rest = after;
    }
    Some(count)
}

/// Parses one to four hexadecimal digits.
fn parse_group(text: &str) -> Option<u16> {
    if !(1..=4).contains(&text.len()) {
        return None;
    }
    text.bytes().try_fold(0, |number, byte| {
        let digit = char::from(byte).to_digit(16)?;
        u16::try_from(digit).ok().map(|digit| number << 4 | digit)
    })
}

/// Parses an IPv6 address without brackets and zone.
pub(crate) fn parse_ipv6(text: &str) -> Option<[u16; 8]> {
    let mut groups = [0; 8];
    let Some((head, tail)) = split_once(text, "::") else {
        return (parse_groups(text, &mut groups)? == 8).then_some(groups);
    };
    let mut tail_groups = [0; 8];
    let (head_count, tail_count) = (parse_groups(head, &mut groups)?, parse_groups(tail, &mut tail_groups)?);
    // The `::` stands for at least one group, and an IPv4 address is only allowed at the end.
    if head_count + tail_count > 7 || contains(head, ".") {
        return None;
    }
    groups[8 - tail_count..].copy_from_slice(&tail_groups[..tail_count]);
    Some(groups)
}

/// Whether a text is an address of this machine.
pub(crate) fn is_loopback_address(text: &str) -> bool {
    parse_ipv4(text).is_some_and(|address| address[0] == 127) || parse_ipv6(text) == Some([0, 0, 0, 0, 0, 0, 0, 1])
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn assert_same(text: &str) {
        assert_eq!(parse_ipv4(text), text.parse::<Ipv4Addr>().ok().map(|it| it.octets()), "{text}");
        assert_eq!(parse_ipv6(text), text.parse::<Ipv6Addr>().ok().map(|it| it.segments()), "{text}");
        let is_loopback = text.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        assert_eq!(is_loopback_address(text), is_loopback, "{text}");
    }

    #[test]
    fn addresses_are_those_of_std() {
        for text in [
            "",
            ":",
            "::",
            ":::",
            "::1",
            "1::",
            "::1:",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7",
            "1:2:3:4::5:6:7:8",
            "1:2:3:4:5:6:7:8:9",
            "::1.2.3.4",
            "1:2:3:4:5:6:1.2.3.4",
            "1.2.3.4::",
            "::1.2.3.4:1",
            "12345::",
            "0001::",
            "g::",
            "127.0.0.1",
            "127.1",
            "127.0.0.01",
            "127.255.255.255",
            "128.0.0.1",
            "256.0.0.1",
            "127.0.0.1.",
            "+1.2.3.4",
            "::ffff:127.0.0.1",
            "::+1",
            "127.0.0.1234",
            "1::2::3",
            "00.0.0.0",
            "1..2.3",
        ] {
            assert_same(text);
        }
    }

    proptest! {
        #[test]
        fn random_addresses_are_those_of_std(
            text in prop_oneof!["[0-9a-f:.]{0,24}", "([0-9a-f]{0,4}:){0,8}[0-9a-f]{0,4}", "([0-9]{1,3}\\.){3}[0-9]{1,3}", "(::|1:){1,6}1?(127\\.0\\.0\\.1)?"],
            address in any::<u128>(),
        ) {
            assert_same(&text);
            assert_same(&Ipv6Addr::from_bits(address).to_string());
            assert_same(&Ipv4Addr::from_bits((address & 0xffff_ffff).try_into().expect("32 bits")).to_string());
        }
    }
}

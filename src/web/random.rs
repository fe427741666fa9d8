//! Secrets of the page: sessions, tokens, and what goes to a provider and back.

/// 256 bits from the system, as 64 lower-case hexadecimal digits.
///
/// # Errors
/// Where the system has no random numbers.
pub(super) fn digits() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

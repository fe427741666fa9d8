//! Chance without state: every draw is a pure function of the seed, what is drawn and for whom.
//!
//! Only integer arithmetic and multiplication of floats is used, never a function of the platform's
//! mathematics library, so that the same seed gives the same bytes everywhere.

/// What is drawn. Two draws for the same entity are independent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Draw {
    Given,
    Family,
    SecondFamily,
    NewFamily,
    Unit,
    UnitMove,
    Job,
    JobMove,
    Leave,
    LeaveMode,
    Gone,
    Attribute,
    Marriage,
    Hired,
    Ended,
    Status,
    Contract,
    Site,
    Phone,
    Manager,
    Head,
    Account,
    AccountComes,
    AccountGoes,
    Deprovisioned,
    Number,
    Mail,
    Enabled,
    Privileged,
    Created,
    Logon,
    LogonDay,
    Target,
    JobPermission,
    JobRight,
    FormerRight,
    Volume,
    Extra,
    Churn,
    Granted,
    Regranted,
    Perimeter,
    Membership,
    GroupRight,
    GroupOwner,
    Nesting,
    Owner,
    Sensitivity,
    Toxic,
    Pair,
    BadDate,
    Dirt,
}

/// The seed, and the draws from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mixer {
    seed: u64,
}

fn splitmix64(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

impl Mixer {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed: splitmix64(seed) }
    }

    /// 64 even bits.
    pub(crate) fn bits(self, draw: Draw, whom: &[u64]) -> u64 {
        whom.iter().fold(splitmix64(self.seed ^ draw as u64), |bits, part| splitmix64(bits ^ part))
    }

    /// A number in `0..1`.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) fn unit(self, draw: Draw, whom: &[u64]) -> f64 {
        (self.bits(draw, whom) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether something happens that happens to this share of all.
    pub(crate) fn chance(self, draw: Draw, whom: &[u64], share: f64) -> bool {
        self.unit(draw, whom) < share
    }

    /// A number below `n`, each as likely.
    #[expect(clippy::cast_possible_truncation, reason = "the result is below `n`")]
    pub(crate) fn below(self, draw: Draw, whom: &[u64], n: usize) -> usize {
        ((u128::from(self.bits(draw, whom)) * n as u128) >> 64) as usize
    }

    /// A number below `n`, small ones far likelier: the square of an even draw.
    pub(crate) fn low(self, draw: Draw, whom: &[u64], n: usize) -> usize {
        let u = self.unit(draw, whom);
        share_of(n, u * u)
    }

    /// A number below `n`, few of them taking most: the cube of an even draw, as permissions and groups are held.
    pub(crate) fn lowest(self, draw: Draw, whom: &[u64], n: usize) -> usize {
        let u = self.unit(draw, whom);
        share_of(n, u * u * u)
    }

    /// `mean` times a factor between 1/4 and 13/4 that is 1 on the average, rounded up.
    pub(crate) fn around(self, draw: Draw, whom: &[u64], mean: usize) -> usize {
        let u = self.unit(draw, whom);
        share_of(mean * 100, 0.25 + 3.0 * u * u * u).div_ceil(100)
    }

    /// A number of days below `n`.
    pub(crate) fn days(self, draw: Draw, whom: &[u64], n: u16) -> i32 {
        i32::try_from(self.below(draw, whom, usize::from(n))).expect("it is below a 16-bit number")
    }

    /// One of `choices`.
    pub(crate) fn pick<T: Copy>(self, draw: Draw, whom: &[u64], choices: &[T]) -> T {
        choices[self.below(draw, whom, choices.len())]
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
fn share_of(n: usize, share: f64) -> usize {
    (n as f64 * share) as usize
}

//! What the process tells its caller when it ends.

use std::process::ExitCode;

/// The outcome of a command, as an exit code. The numbers are part of the interface and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: everything that was asked for is done.
    Done,
    /// 1: something on this machine failed: a file, the disk, the program itself.
    Failed,
    /// 2: the command line or the configuration is wrong.
    Usage,
    /// 3: KSeF did not let the caller in, or not that far; also when no login is configured.
    Auth,
    /// 4: a file is not an invoice that KSeF could take.
    InvalidInvoice,
    /// 5: KSeF refused.
    Rejected,
    /// 6: KSeF has not decided yet.
    Pending,
    /// 7: KSeF's request limits are used up.
    RateLimited,
    /// 8: the server or the way to it is down.
    Unavailable,
    /// 9: a legal deadline has passed.
    DeadlineMissed,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Auth => 3,
            Self::InvalidInvoice => 4,
            Self::Rejected => 5,
            Self::Pending => 6,
            Self::RateLimited => 7,
            Self::Unavailable => 8,
            Self::DeadlineMissed => 9,
        }
    }

    /// The stable name, for machines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Auth => "auth",
            Self::InvalidInvoice => "invalid-invoice",
            Self::Rejected => "rejected",
            Self::Pending => "pending",
            Self::RateLimited => "rate-limited",
            Self::Unavailable => "unavailable",
            Self::DeadlineMissed => "deadline-missed",
        }
    }

    /// The one to report when one command ends with both: what stops all work comes before what concerns one
    /// invoice, and a decision comes before a delay.
    pub(crate) fn worse(self, other: Self) -> Self {
        if self.rank() >= other.rank() {
            self
        } else {
            other
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Pending => 1,
            Self::DeadlineMissed => 2,
            Self::Rejected => 3,
            Self::InvalidInvoice => 4,
            Self::RateLimited => 5,
            Self::Unavailable => 6,
            Self::Auth => 7,
            Self::Usage => 8,
            Self::Failed => 9,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_outcome_wins_in_both_orders() {
        for (worse, better) in [
            (Exit::Pending, Exit::Done),
            (Exit::Rejected, Exit::Pending),
            (Exit::InvalidInvoice, Exit::Rejected),
            (Exit::RateLimited, Exit::InvalidInvoice),
            (Exit::Unavailable, Exit::RateLimited),
            (Exit::Auth, Exit::Unavailable),
            (Exit::Failed, Exit::Auth),
        ] {
            assert_eq!(worse.worse(better), worse);
            assert_eq!(better.worse(worse), worse);
        }
    }
}

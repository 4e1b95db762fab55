//! Which vector instructions a machine has, and loops that are compiled once for each kind.
//!
//! A level changes how fast a program runs and nothing else: every loop is the same text, of operations that IEEE 754
//! rounds in one way, and the compiler fuses none of them. A test runs every level that the machine has.

/// A kind of vector instructions that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(pub(crate) Kind);

/// The kinds. Only [`Level::available`] makes a [`Level`] of one: having one is the proof that the machine can run it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What every machine of the architecture has.
    Portable,
    /// 256 bits.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512 bits.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// The levels of this machine, the widest last.
    pub fn available() -> Vec<Self> {
        #[cfg_attr(
            not(target_arch = "x86_64"),
            expect(unused_mut, reason = "there is one level elsewhere")
        )]
        let mut all = vec![Self(Kind::Portable)];
        #[cfg(target_arch = "x86_64")]
        {
            let fused = std::arch::is_x86_feature_detected!("fma");
            if fused && std::arch::is_x86_feature_detected!("avx2") {
                all.push(Self(Kind::Avx2));
            }
            if fused
                && std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx512dq")
                && std::arch::is_x86_feature_detected!("avx512vl")
            {
                all.push(Self(Kind::Avx512));
            }
        }
        all
    }

    /// The widest level of this machine.
    pub fn best() -> Self {
        Self::available()
            .pop()
            .expect("the portable level is always there")
    }

    /// Its kind.
    #[cfg(feature = "native")]
    pub(crate) fn kind(self) -> Kind {
        self.0
    }

    /// Its name, for a receipt.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
        }
    }
}

/// Calls the function of a level, of three that are compiled for the kinds.
macro_rules! call_at {
    ($level:expr, $portable:ident $avx2:ident $avx512:ident, $arguments:tt) => {
        match $level.0 {
            $crate::block::level::Kind::Portable => $portable $arguments,
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a level exists only where the machine has been asked for its instructions.
            $crate::block::level::Kind::Avx2 => unsafe { $avx2 $arguments },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            $crate::block::level::Kind::Avx512 => unsafe { $avx512 $arguments },
        }
    };
}
pub(crate) use call_at;

/// Declares a function that begins with a [`Level`], and compiles its body once for each kind. The body is a function of its
/// own with slices as arguments, so that the compiler knows them to be disjoint.
macro_rules! at_each_level {
    ($(#[$doc:meta])* fn $name:ident[$($generics:tt)*]($($argument:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        #[allow(unsafe_code, reason = "instructions beyond the portable ones are called where the machine has them")]
        #[allow(clippy::too_many_arguments, reason = "a loop over several slices")]
        #[inline(always)]
        fn $name<$($generics)*>(level: $crate::block::Level, $($argument: $type),*) {
            #[inline(always)]
            fn body<$($generics)*>($($argument: $type),*) $body

            #[inline(never)]
            fn portable<$($generics)*>($($argument: $type),*) {
                body($($argument),*);
            }

            #[cfg(target_arch = "x86_64")]
            #[inline(never)]
            #[target_feature(enable = "avx2,fma")]
            fn avx2<$($generics)*>($($argument: $type),*) {
                body($($argument),*);
            }

            #[cfg(target_arch = "x86_64")]
            #[inline(never)]
            #[target_feature(enable = "fma,avx512f,avx512bw,avx512dq,avx512vl")]
            fn avx512<$($generics)*>($($argument: $type),*) {
                body($($argument),*);
            }

            $crate::block::level::call_at!(level, portable avx2 avx512, ($($argument),*))
        }
    };
}
pub(super) use at_each_level;

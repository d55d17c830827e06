//! A registry that is being filled: every series is there from the start.

use prometheus_client::{
    encoding::EncodeMetric,
    metrics::{TypedMetric, family::Family},
    registry::{Metric, Registry},
};
use std::fmt::Debug;

/// A label's name and its value, so many times.
pub(super) type Labels<const N: usize> = [(&'static str, &'static str); N];

#[derive(Debug, Default)]
pub(super) struct Book(Registry);

impl Book {
    /// A metric that is one number.
    pub(super) fn one<M: Metric + Clone + Default>(&mut self, name: &str, help: &str) -> M {
        let metric = M::default();
        self.0.register(name, help, metric.clone());
        metric
    }

    /// A metric that is a number for each of `series`.
    pub(super) fn family<const N: usize, M>(
        &mut self,
        name: &str,
        help: &str,
        make: fn() -> M,
        series: impl IntoIterator<Item = Labels<N>>,
    ) -> Family<Labels<N>, M>
    where
        M: EncodeMetric + TypedMetric + Send + Sync + Debug + 'static,
    {
        let family = Family::new_with_constructor(make);
        for labels in series {
            drop(family.get_or_create(&labels));
        }
        self.0.register(name, help, family.clone());
        family
    }

    pub(super) fn close(self) -> Registry {
        self.0
    }
}

/// Every value of one label.
pub(super) fn each(
    label: &'static str,
    words: impl IntoIterator<Item = &'static str>,
) -> impl Iterator<Item = Labels<1>> {
    words.into_iter().map(move |word| [(label, word)])
}

/// Every pair of values of two labels.
pub(super) fn pairs(
    (label, words): (&'static str, &[&'static str]),
    (other, others): (&'static str, &[&'static str]),
) -> Vec<Labels<2>> {
    words.iter().flat_map(|word| others.iter().map(move |second| [(label, *word), (other, *second)])).collect()
}

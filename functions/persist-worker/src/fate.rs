//! How each record of a batch ends.

use chat::{
    store::{PersistError, StoreError},
    telemetry::with_causes,
};

/// How a record ends. Of two fates of one record the later in this order holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// All that it asked for is done or handed over.
    Done,
    /// A part of the system was away: the job is sent again, to be received later.
    PutOff(String),
    /// It can never be done: it goes to the dead letters with this reason.
    Dead(String),
    /// It is left to the queue, which delivers it again, and to the dead letters in the end.
    Failed(String),
}

/// The fates of a batch's records, by their index.
#[derive(Debug)]
pub(crate) struct Fates(Vec<Fate>);

impl Fates {
    pub(crate) fn all_done(records: usize) -> Self {
        Self(vec![Fate::Done; records])
    }

    /// Gives records this fate unless theirs is worse already.
    pub(crate) fn settle(&mut self, records: &[usize], fate: &Fate) {
        for &record in records {
            if let Some(settled) = self.0.get_mut(record)
                && *settled < *fate
            {
                settled.clone_from(fate);
            }
        }
    }

    pub(crate) fn are_done(&self, records: &[usize]) -> bool {
        records.iter().all(|&record| self.0.get(record) == Some(&Fate::Done))
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = Fate> {
        self.0.into_iter()
    }
}

impl From<&StoreError> for Fate {
    fn from(error: &StoreError) -> Self {
        let reason = with_causes(error);
        match error {
            StoreError::Unavailable { .. } | StoreError::Contended { .. } => Self::PutOff(reason),
            StoreError::Refused { .. } | StoreError::Malformed { .. } => Self::Dead(reason),
        }
    }
}

impl From<&PersistError> for Fate {
    fn from(error: &PersistError) -> Self {
        match error {
            PersistError::NoApplication => Self::Dead(error.to_string()),
            PersistError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_fate_of_a_record_holds() {
        let mut fates = Fates::all_done(3);
        let put_off = Fate::PutOff("away".to_owned());
        let dead = Fate::Dead("never".to_owned());
        fates.settle(&[0, 1, 9], &put_off);
        fates.settle(&[1], &dead);
        fates.settle(&[1], &put_off);
        assert!(fates.are_done(&[2]) && !fates.are_done(&[0, 2]));
        assert_eq!(fates.into_iter().collect::<Vec<_>>(), [put_off, dead, Fate::Done]);
    }

    #[test]
    fn trouble_with_the_store_waits_and_what_it_refuses_is_dead() {
        let away = StoreError::Contended { operation: "UpdateItem" };
        assert!(matches!(Fate::from(&away), Fate::PutOff(_)));
        let refused = StoreError::Refused { operation: "PutItem", source: "item too large".into() };
        assert_eq!(
            Fate::from(&refused),
            Fate::Dead("the store refused PutItem: item too large".to_owned())
        );
    }
}

//! Everything that is sealed, to be sealed anew at once.

use super::{Store, StoreError, database::Scope, sql, statement::Statement};

/// What is sealed for an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SealedTokens {
    /// Whose it is.
    pub user_id: i64,
    /// Its access token.
    pub sealed_access_token: Vec<u8>,
    /// Its means of renewal, if there are any.
    pub sealed_refresh_credentials: Option<Vec<u8>>,
}

/// What is sealed for a sign-in that waits.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SealedDeviceCode {
    /// Hash of the sign-in's id.
    pub id_hash: Vec<u8>,
    /// Its code.
    pub sealed_device_code: Vec<u8>,
    /// What that was exchanged for already.
    pub sealed_tokens: Option<Vec<u8>>,
}

impl Store {
    /// The first so many accounts with their sealed access tokens, to try a key on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn some_tokens(&self) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        Ok(Statement::new(sql::SOME_TOKENS).fetch_all(self.reading(Scope::Everyone)).await?)
    }

    /// Everything that is sealed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed(&self) -> Result<(Vec<SealedTokens>, Vec<SealedDeviceCode>), StoreError> {
        let tokens = Statement::new(sql::SEALED_TOKENS).fetch_all(self.reading(Scope::Everyone)).await?;
        let codes = Statement::new(sql::SEALED_DEVICE_CODES).fetch_all(self.reading(Scope::Everyone)).await?;
        Ok((tokens, codes))
    }

    /// What the first server has sealed to try other keys on: `proof`, if there is none yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proof(&self, proof: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut transaction = self.begin(Scope::Everyone).await?;
        Statement::new(sql::PUT_PROOF).bind(proof).execute(&mut transaction).await?;
        let first = Statement::new(sql::PROOF).scalar(&mut transaction).await?;
        transaction.commit().await?;
        Ok(first)
    }

    /// What there is to try other keys on now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn present_proof(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(Statement::new(sql::PROOF).optional_scalar(self.reading(Scope::Everyone)).await?)
    }

    /// Puts these in the place of those with the same account or sign-in, forgets the tokens of the accounts `lost`, and
    /// puts down the proof of another key, if it is another: all of it, or nothing.
    ///
    /// # Errors
    /// When the database fails; then nothing is changed.
    pub async fn reseal(
        &self,
        tokens: &[SealedTokens],
        codes: &[SealedDeviceCode],
        lost: &[i64],
        proof: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin(Scope::Everyone).await?;
        for token in tokens {
            Statement::new(sql::RESEAL_TOKEN)
                .bind(token.user_id)
                .bind(&token.sealed_access_token)
                .bind(&token.sealed_refresh_credentials)
                .execute(&mut transaction)
                .await?;
        }
        if let Some(proof) = proof {
            Statement::new(sql::FORGET_PROOF).execute(&mut transaction).await?;
            Statement::new(sql::PUT_PROOF).bind(proof).execute(&mut transaction).await?;
        }
        for user in lost {
            Statement::new(sql::FORGET_TOKEN).bind(user).execute(&mut transaction).await?;
        }
        for code in codes {
            Statement::new(sql::RESEAL_DEVICE_CODE)
                .bind(&code.id_hash)
                .bind(&code.sealed_device_code)
                .bind(&code.sealed_tokens)
                .execute(&mut transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}

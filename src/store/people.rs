//! People and customers: who may act, and the master data of those who owe. A customer's versions are posted rows;
//! the row in `customer` repeats the last one.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::error::{Result, StoreError};
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::authority::Role;
use crate::domain::money::{Currency, Money, NumberStyle};

/// Somebody who may work in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its id.
    pub id: i64,
    /// The login name.
    pub login: String,
    /// The full name.
    pub name: String,
    /// Names of the roles held.
    pub roles: Vec<String>,
    /// The department worked in: `collections`; empty where none was given.
    pub department: String,
    /// False for somebody who may no longer sign in.
    pub active: bool,
}

impl Person {
    /// The roles held.
    pub fn held(&self) -> Vec<Role> {
        self.roles.iter().filter_map(|name| Role::parse(name)).collect()
    }
}

/// Master data of a customer. Texts are cleaned before they come here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerData {
    /// Number, unique in the book.
    pub number: String,
    /// Name.
    pub name: String,
    /// Group that shares a credit limit.
    pub group: String,
    /// Country code.
    pub country: String,
    /// Usual currency.
    pub currency: String,
    /// Payment terms as text.
    pub terms: String,
    /// Credit limit in minor units of `currency`; `None` where none is set, 0 for no credit.
    pub credit_limit: Option<i64>,
    /// Address for letters.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// Name of the contact.
    pub contact: String,
    /// Language code.
    pub language: String,
    /// Login of the owner.
    pub owner: String,
    /// Risk, 0 good to 100 bad.
    pub risk: i64,
    /// No new deliveries.
    pub blocked: bool,
    /// Bank account for refunds, an IBAN or the country's own form.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bank_account: String,
    /// Postal address: street, postcode and town, one line each, parted by `;`. The name is not repeated in it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
}

/// A customer as the book holds it.
#[derive(Debug, Clone)]
pub struct Customer {
    /// Its id.
    pub id: i64,
    /// Version of the master data, from 1.
    pub version: i64,
    /// The master data.
    pub data: CustomerData,
}

/// The fields in which two versions of a customer differ: what, before, after. Without a first version, against nothing.
pub fn differences(before: Option<&CustomerData>, after: &CustomerData) -> Vec<(&'static str, String, String)> {
    let empty = CustomerData::default();
    let before = before.unwrap_or(&empty);
    let limit = |data: &CustomerData| match data.credit_limit {
        None => "none".to_owned(),
        Some(amount) => {
            let currency = Currency::parse(&data.currency).unwrap_or(Currency::EUR);
            format!("{} {currency}", Money::new(amount, currency).grouped(NumberStyle::Point))
        }
    };
    let yes = |word: bool| if word { "yes" } else { "no" }.to_owned();
    let all = [
        ("number", before.number.clone(), after.number.clone()),
        ("name", before.name.clone(), after.name.clone()),
        ("group", before.group.clone(), after.group.clone()),
        ("country", before.country.clone(), after.country.clone()),
        ("currency", before.currency.clone(), after.currency.clone()),
        ("terms", before.terms.clone(), after.terms.clone()),
        ("credit limit", limit(before), limit(after)),
        ("e-mail", before.email.clone(), after.email.clone()),
        ("phone", before.phone.clone(), after.phone.clone()),
        ("contact", before.contact.clone(), after.contact.clone()),
        ("language", before.language.clone(), after.language.clone()),
        ("owner", before.owner.clone(), after.owner.clone()),
        ("risk", before.risk.to_string(), after.risk.to_string()),
        ("blocked", yes(before.blocked), yes(after.blocked)),
        ("bank account", before.bank_account.clone(), after.bank_account.clone()),
        ("address", before.address.clone(), after.address.clone()),
    ];
    all.into_iter().filter(|(_, before, after)| before != after).collect()
}

/// The person with this login and the roles held.
pub fn person(conn: &Connection, login: &str) -> Result<Option<Person>> {
    let found = conn
        .prepare_cached("SELECT id, login, name FROM person WHERE login = $1")?
        .query_row([login], |row| {
            Ok(Person {
                id: row.get(0)?,
                login: row.get(1)?,
                name: row.get(2)?,
                roles: Vec::new(),
                department: String::new(),
                active: true,
            })
        })
        .optional()?;
    let Some(mut person) = found else { return Ok(None) };
    let mut held: BTreeMap<String, bool> = BTreeMap::new();
    let mut statement = conn.prepare_cached("SELECT role, held FROM role_change WHERE person_id = $1 ORDER BY id")?;
    let mut rows = statement.query([person.id])?;
    while let Some(row) = rows.next()? {
        held.insert(row.get(0)?, row.get::<_, i64>(1)? == 1);
    }
    person.roles = held.into_iter().filter(|(_, held)| *held).map(|(role, _)| role).collect();
    if let Some(department) = person_field(conn, person.id, "department")? {
        person.department = department;
    }
    person.active = person_field(conn, person.id, "active")?.is_none_or(|word| word == "1");
    Ok(Some(person))
}

fn person_field(conn: &Connection, person: i64, field: &str) -> Result<Option<String>> {
    let found = conn
        .prepare_cached("SELECT value FROM person_change WHERE person_id = $1 AND field = $2 ORDER BY id DESC LIMIT 1")?
        .query_row(rusqlite::params![person, field], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// The person with this id.
pub fn person_by_id(conn: &Connection, id: i64) -> Result<Option<Person>> {
    let login: Option<String> =
        conn.prepare_cached("SELECT login FROM person WHERE id = $1")?.query_row([id], |row| row.get(0)).optional()?;
    login.map_or(Ok(None), |login| person(conn, &login))
}

/// Everybody who may work in the book, by login.
pub fn people(conn: &Connection) -> Result<Vec<Person>> {
    let logins: Vec<String> = conn
        .prepare_cached("SELECT login FROM person ORDER BY login")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    logins.iter().filter_map(|login| person(conn, login).transpose()).collect()
}

impl Tx<'_> {
    /// The person with this login.
    pub fn person(&self, login: &str) -> Result<Option<Person>> {
        person(self.conn, login)
    }

    /// The person with this id.
    pub fn person_by_id(&self, id: i64) -> Result<Option<Person>> {
        person_by_id(self.conn, id)
    }

    /// Everybody in the book, by login.
    pub fn people(&self) -> Result<Vec<Person>> {
        people(self.conn)
    }

    /// Changes a field of a person: `department`, or `active` to 1 or 0.
    pub fn change_person(&mut self, person: i64, field: &str, value: &str) -> Result<i64> {
        self.insert(T::PersonChange, &[V::I(person), V::T(field), V::T(value)], &[])
    }

    /// Adds a person without roles.
    pub fn add_person(&mut self, login: &str, name: &str) -> Result<i64> {
        self.insert(T::Person, &[V::T(login), V::T(name)], &[])
    }

    /// Gives or takes a role.
    pub fn change_role(&mut self, person: i64, role: &str, held: bool) -> Result<i64> {
        self.insert(T::RoleChange, &[V::I(person), V::T(role), V::I(i64::from(held))], &[])
    }

    /// Enters a rate.
    pub fn add_rate(
        &mut self,
        currency: crate::domain::money::Currency,
        from: chrono::NaiveDate,
        rate: &str,
    ) -> Result<i64> {
        let from = super::date::iso(from);
        self.insert(T::Rate, &[V::T(currency.code()), V::T(from.as_str()), V::T(rate)], &[])
    }

    /// Sets a KPI's target.
    pub fn add_target(&mut self, kpi: &str, value: &str) -> Result<i64> {
        self.insert(T::Target, &[V::T(kpi), V::T(value)], &[])
    }

    /// Notes that a file was imported.
    pub fn add_import(&mut self, sha256: &str, name: &str, kind: &str, taken: i64, refused: i64) -> Result<i64> {
        self.insert(T::ImportFile, &[V::T(sha256), V::T(name), V::T(kind), V::I(taken), V::I(refused)], &[])
    }

    /// Keeps the bytes of a text as they were read, where cleaning changed it.
    pub fn add_raw_text(&mut self, name: &str, row: i64, field: &str, bytes: &[u8]) -> Result<i64> {
        self.insert(T::RawText, &[V::T(name), V::I(row), V::T(field), V::B(bytes)], &[])
    }

    /// The customer with this id.
    pub fn customer(&self, id: i64) -> Result<Customer> {
        let found = self.customer_where("id = $1", &id)?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no customer {id}. Nothing was changed.")))
    }

    /// The customer with this number.
    pub fn customer_by_number(&self, number: &str) -> Result<Option<Customer>> {
        self.customer_where("number = $1", &number)
    }

    fn customer_where(&self, condition: &str, value: &dyn rusqlite::ToSql) -> Result<Option<Customer>> {
        let text = format!(
            "SELECT id, version, number, name, group_name, country, currency, terms, credit_limit, email, phone, \
             contact, language, owner, risk, blocked, bank_account, address FROM customer WHERE {condition}"
        );
        let found = self
            .conn
            .prepare_cached(&text)?
            .query_row([value], |row| {
                Ok(Customer {
                    id: row.get(0)?,
                    version: row.get(1)?,
                    data: CustomerData {
                        number: row.get(2)?,
                        name: row.get(3)?,
                        group: row.get(4)?,
                        country: row.get(5)?,
                        currency: row.get(6)?,
                        terms: row.get(7)?,
                        credit_limit: row.get(8)?,
                        email: row.get(9)?,
                        phone: row.get(10)?,
                        contact: row.get(11)?,
                        language: row.get(12)?,
                        owner: row.get(13)?,
                        risk: row.get(14)?,
                        blocked: row.get::<_, i64>(15)? == 1,
                        bank_account: row.get(16)?,
                        address: row.get(17)?,
                    },
                })
            })
            .optional()?;
        Ok(found)
    }

    /// Writes a customer: a new one when `id` is `None`, otherwise the next version of that one. `folded` is the text
    /// people's searches are compared with.
    pub fn put_customer(&mut self, id: Option<i64>, data: &CustomerData, folded: &str) -> Result<(i64, i64)> {
        let (id, version) = match id {
            Some(id) => (id, self.customer(id)?.version + 1),
            None => (self.next_customer()?, 1),
        };
        let text = serde_json::to_string(data)
            .map_err(|error| StoreError::refused("DB-15", format!("The customer cannot be written: {error}.")))?;
        self.insert(T::CustomerVersion, &[V::I(id), V::I(version), V::T(&text)], &[])?;
        self.conn
            .prepare_cached(
                "INSERT INTO customer (id, number, name, folded, group_name, country, currency, terms, credit_limit, \
                 email, phone, contact, language, owner, risk, blocked, version, bank_account, address) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
                 ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name, \
                 folded = excluded.folded, group_name = excluded.group_name, country = excluded.country, \
                 currency = excluded.currency, terms = excluded.terms, credit_limit = excluded.credit_limit, \
                 email = excluded.email, phone = excluded.phone, contact = excluded.contact, \
                 language = excluded.language, owner = excluded.owner, risk = excluded.risk, \
                 blocked = excluded.blocked, version = excluded.version, bank_account = excluded.bank_account, \
                 address = excluded.address",
            )?
            .execute(rusqlite::params![
                id,
                data.number,
                data.name,
                folded,
                data.group,
                data.country,
                data.currency,
                data.terms,
                data.credit_limit,
                data.email,
                data.phone,
                data.contact,
                data.language,
                data.owner,
                data.risk,
                i64::from(data.blocked),
                version,
                data.bank_account,
                data.address
            ])?;
        Ok((id, version))
    }

    /// Another customer whose name is written with other letters and looks the same: its number and name.
    pub fn lookalike(&self, name: &str, but: i64) -> Result<Option<(String, String)>> {
        let seen = crate::domain::lookalike::skeleton(name);
        let mut statement = self.conn.prepare_cached("SELECT number, name FROM customer WHERE id <> $1")?;
        let mut rows = statement.query([but])?;
        while let Some(row) = rows.next()? {
            let other: String = row.get(1)?;
            if other != name && crate::domain::lookalike::skeleton(&other) == seen {
                return Ok(Some((row.get(0)?, other)));
            }
        }
        Ok(None)
    }

    /// A past version of a customer's master data.
    pub fn customer_version(&self, id: i64, version: i64) -> Result<Option<CustomerData>> {
        let found: Option<String> = self
            .conn
            .prepare_cached("SELECT data FROM customer_version WHERE customer_id = $1 AND version = $2")?
            .query_row([id, version], |row| row.get(0))
            .optional()?;
        Ok(found.and_then(|text| serde_json::from_str(&text).ok()))
    }

    fn next_customer(&mut self) -> Result<i64> {
        if self.next_customer == 0 {
            let last: i64 = self.conn.query_row("SELECT coalesce(max(id), 0) FROM customer", [], |row| row.get(0))?;
            self.next_customer = last;
        }
        self.next_customer += 1;
        Ok(self.next_customer)
    }
}
